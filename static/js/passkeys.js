/* Forms that open the door with a passkey: allauth's script, which their pages load, talks to the browser about it. */
const wear = () => {
  const form = document.querySelector("form[data-passkey]");
  if (!form || !window.allauth) return;
  const button = form.querySelector("#passkey").id;
  const ids = { login: button, authenticate: button, add: button, credential: form.elements.credential.id, data: "passkey-data" };
  if (form.elements.passwordless) ids.passwordless = form.elements.passwordless.id;
  window.allauth.webauthn.forms[`${form.dataset.passkey}Form`]({ ids });
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    const text = form.querySelector("[data-failed]").dataset.failed;
    document.dispatchEvent(new CustomEvent("cx:toast", { detail: { text, bad: true } }));
  });
};
document.addEventListener("DOMContentLoaded", wear);
