// What plays by itself: a step at a time, until it has come to its end.
// @ts-check

/**
 * Calls `step` again and again, until it returns false or the node has left the page; `draw` after each step and each change.
 * @param {HTMLElement} root @param {{pace: () => number, step: () => boolean, draw: () => void}} what pace: milliseconds a step
 */
export function makePlayer(root, { pace, step, draw }) {
  let timer = null;
  const player = {
    get isOn() { return timer !== null; },
    pause() {
      clearInterval(timer);
      timer = null;
    },
    tick() {
      if (!root.isConnected || !step()) player.pause();
      draw();
    },
    toggle() {
      if (player.isOn) player.pause();
      else timer = setInterval(player.tick, pace());
      draw();
    },
  };
  return player;
}
