// The search of the site. What it searches is loaded when somebody first types, as a script: a page that was opened from
// a folder may not fetch. Put behind the library in search.js.
/* global MiniSearch */
(() => {
  const root = new URL('.', document.currentScript.src);
  const form = document.querySelector('form[role=search]');
  const list = document.querySelector('#found');
  const input = form.querySelector('input');
  let index;
  form.hidden = false;

  function load() {
    if (index) return;
    index = new Promise((resolve, reject) => {
      const script = document.createElement('script');
      script.src = new URL('search-sections.js', root);
      script.onerror = reject;
      script.onload = () => {
        const made = new MiniSearch({
          fields: ['title', 'page', 'text'],
          storeFields: ['title', 'page', 'url', 'text'],
          searchOptions: { boost: { title: 4, page: 2 }, prefix: true, fuzzy: 0.15, combineWith: 'AND' },
        });
        made.addAll(globalThis.chunkproofSections);
        resolve(made);
      };
      document.head.append(script);
    });
  }

  async function show() {
    const words = input.value.trim();
    load();
    const found = words === '' ? [] : (await index).search(words).slice(0, 12);
    if (input.value.trim() !== words) return;
    list.hidden = words === '';
    list.replaceChildren(...(found.length > 0 ? found.map((one) => item(one)) : [nothing()]));
  }

  function item({ title, page, url, text, terms }) {
    const link = document.createElement('a');
    link.href = new URL(url, root);
    link.textContent = title === page ? title : `${title} · ${page}`;
    const excerpt = document.createElement('span');
    const at = Math.max(0, ...terms.map((term) => text.toLowerCase().indexOf(term)));
    excerpt.textContent = text.slice(Math.max(0, at - 60), at + 120);
    const entry = document.createElement('li');
    entry.append(link, excerpt);
    return entry;
  }

  function nothing() {
    const entry = document.createElement('li');
    entry.textContent = 'Nothing was found.';
    return entry;
  }

  input.addEventListener('focus', load);
  input.addEventListener('input', show);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    list.querySelector('a')?.click();
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      input.value = '';
      list.hidden = true;
    } else if (event.key === '/' && !/^(input|textarea)$/i.test(document.activeElement.tagName)) {
      event.preventDefault();
      input.focus();
    }
  });
})();
