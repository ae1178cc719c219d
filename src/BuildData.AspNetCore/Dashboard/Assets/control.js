// The buttons: stop, rebuild and cancel. The server decides whether they may do it.
const confirmTime = 4000;

/** @param {string} root @param {(text: string) => void} tell */
export function listen(root, tell) {
  document.addEventListener('click', event => {
    const button = event.target instanceof Element ? event.target.closest('button[data-action]') : null;
    if (button instanceof HTMLButtonElement) void press(button, root, tell);
  });
}

/** @param {HTMLButtonElement} button @param {string} root @param {(text: string) => void} tell */
async function press(button, root, tell) {
  const { action = '', id } = button.dataset;
  // The second press within some seconds confirms the first.
  if (action !== 'rebuild' && !button.classList.contains('confirm')) {
    const text = button.textContent;
    button.classList.add('confirm');
    button.textContent = 'Sure?';
    window.setTimeout(() => {
      button.classList.remove('confirm');
      if (button.textContent === 'Sure?') button.textContent = text;
    }, confirmTime);
    return;
  }
  button.disabled = true;
  try {
    const response = await fetch(`${root}control/${action}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ id: Number(id) }) });
    const answer = await response.json().catch(() => ({}));
    tell(response.ok ? `${{ stop: 'The build is asked to stop.', rebuild: 'A rebuild is requested. It waits in the queue.', cancel: 'The request is cancelled.' }[action]}` : `Refused: ${answer.error ?? response.status}`);
  } catch {
    tell('The server could not be reached.');
  } finally {
    button.disabled = false;
  }
}
