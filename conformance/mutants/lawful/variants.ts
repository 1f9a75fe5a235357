import { answers } from './answers.ts';
import { layers } from './layers.ts';
import { limits } from './limits.ts';
import { links } from './links.ts';
import { time } from './time.ts';
import type { Variant } from './variant.ts';
import { wire } from './wire.ts';

/** Every lawful server. None may ever be blamed. */
export const variants: readonly Variant[] = [...limits, ...time, ...links, ...wire, ...layers, ...answers];
