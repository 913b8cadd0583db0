/* A soft sound when a phase's time is up: off until somebody switches it on, on this screen alone, and never in calm. */
const key = "room-sound";
let player = null;

const isOn = () => sessionStorage.getItem(key) === "on";
function draw() {
  for (const button of document.querySelectorAll("[data-sound]")) button.setAttribute("aria-pressed", isOn());
}

/* Two tones that swell and fade; browsers let a page sound after a press alone. */
function chime() {
  player ??= new AudioContext();
  player.resume();
  [523.25, 392].forEach((pitch, number) => {
    const at = player.currentTime + number * 0.35;
    const tone = new OscillatorNode(player, { frequency: pitch });
    const volume = new GainNode(player, { gain: 0 });
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.15, at + 0.08);
    volume.gain.exponentialRampToValueAtTime(0.001, at + 1.2);
    tone.connect(volume).connect(player.destination);
    tone.start(at);
    tone.stop(at + 1.3);
  });
}

document.addEventListener("click", ({ target }) => {
  if (!target.closest("[data-sound]")) return;
  sessionStorage.setItem(key, isOn() ? "off" : "on");
  if (isOn()) chime(); // so that it is known how it sounds
  draw();
});
document.addEventListener("cx:over", () => isOn() && !document.querySelector("[data-calm]") && chime());
document.addEventListener("htmx:afterSwap", draw);
draw();
