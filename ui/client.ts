/**
 * What runs in the browser: it puts texts and classes where the server says, and follows links that open and close
 * composites without leaving the page. Texts are set as text, never as markup. Without it the page is there, and stands still.
 */
export const CLIENT = `
'use strict';
(() => {
  const find = (id) => document.getElementById(id);
  const say = (text) => { if (find('status').textContent !== text) find('status').textContent = text; };
  let events;
  let hasEnded = false;
  let over = '';

  const center = () => { const graph = find('graph'); graph.scrollLeft = (graph.scrollWidth - graph.clientWidth) / 2; };

  const put = ({ texts, classes, messages, status, isOver }) => {
    for (const [id, text] of texts) { const place = find(id); if (place) place.textContent = text; }
    for (const [id, name] of classes) find(id)?.setAttribute('class', name);
    if (messages) find('messages').replaceChildren(...messages.map((text) => {
      const item = document.createElement('li');
      item.textContent = text;
      return item;
    }));
    say(status);
    hasEnded = isOver;
    if (isOver) { over = status; events.close(); }
  };

  const listen = () => {
    events?.close();
    if (hasEnded) return;
    events = new EventSource('events' + location.search);
    events.onmessage = ({ data }) => put(JSON.parse(data));
    events.onerror = () => { if (!hasEnded) say('the run does not answer; it may have ended'); };
  };

  const fold = async (address, id) => {
    const answer = await fetch('view' + address).catch(() => undefined);
    if (!answer?.ok) return say(hasEnded ? over + '; what is open stays as it is' : 'the run does not answer; it may have ended');
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
    find('view').replaceWith(document.adoptNode(fresh.getElementById('view')));
    history.replaceState(null, '', address);
    find(id)?.focus();
    center();
    listen();
  };

  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-fold]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    fold(link.getAttribute('href'), link.dataset.fold);
  });
  center();
  listen();
})();
`;
