/** Comes before every script: what was found is made small while it still shows. */
export const urgent = -1;

/** Shares out what may be done at the same time. */
export interface Turns {
  /**
   * Does the work when its turn comes: whoever has come least far goes next, so that all come equally far, however slow
   * the target is and whenever the time is over.
   *
   * @param progress - how far whoever asks has come: any number that grows; of equal ones the first to ask goes first
   */
  take<Result>(progress: number, work: () => Promise<Result>): Promise<Result>;
  /** The same, with nothing else under way. Until what is beside the turns has ended, those of others go on. */
  takeAlone<Result>(progress: number, work: () => Promise<Result>): Promise<Result>;
  /** With no other turn under way, while what is beside the turns goes on. */
  takeQuietly<Result>(progress: number, work: () => Promise<Result>): Promise<Result>;
  /** Does work that takes no turn, since it mostly waits. It begins at once, before anybody has a turn alone. */
  beside<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** Who else may be at work: those that have turns and those beside them, the latter only, or nobody. */
type Company = 'all' | 'beside' | 'nobody';

interface Asking {
  readonly progress: number;
  readonly company: Company;
  readonly start: () => void;
}

/** Turns of which at most `width` are taken at the same time. */
export function openTurns(width: number): Turns {
  const waiting: Asking[] = [];
  /** Turns that are taken, whether by one alone, and works beside them. */
  const under = { way: 0, alone: false, beside: 0 };
  let soon = false;

  const mayStart = ({ company }: Asking): boolean =>
    !under.alone && under.way < (company === 'all' ? Math.max(1, width) : 1);

  /** Not at once: who has just had a turn is to be compared with the others, and asks again only after it. */
  const handOut = (): void => {
    if (soon) return;
    soon = true;
    setImmediate(() => {
      soon = false;
      for (;;) {
        const able = waiting.filter(({ company }) => company !== 'nobody' || under.beside === 0);
        const least = Math.min(...able.map(({ progress }) => progress));
        const chosen = able.find(({ progress }) => progress === least);
        // Whoever is to be alone waits for those that are under way, and nobody begins meanwhile.
        if (chosen === undefined || !mayStart(chosen)) return;
        waiting.splice(waiting.indexOf(chosen), 1);
        under.way++;
        under.alone = chosen.company !== 'all';
        chosen.start();
      }
    });
  };

  const ask = async <Result>(progress: number, company: Company, work: () => Promise<Result>): Promise<Result> => {
    await new Promise<void>((start) => {
      waiting.push({ progress, company, start });
      handOut();
    });
    try {
      return await work();
    } finally {
      under.way--;
      under.alone = false;
      handOut();
    }
  };

  return {
    take: (progress, work) => ask(progress, 'all', work),
    takeAlone: (progress, work) => ask(progress, 'nobody', work),
    takeQuietly: (progress, work) => ask(progress, 'beside', work),
    async beside(work) {
      under.beside++;
      try {
        return await work();
      } finally {
        under.beside--;
        handOut();
      }
    },
  };
}
