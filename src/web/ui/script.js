// Enhancements only: every page works without this file.
"use strict";

// Hand the cart over without waiting for the button (P5).
const cart = document.getElementById("return-cart");
if (cart && "autosubmit" in cart.dataset) {
  cart.requestSubmit();
}

// A button is pressed once: a second click must not send the form again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.id === "return-cart") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
});
// Coming back with the back button must not find the forms locked.
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// Running total of a choice. Whole minor units, never binary floats; the server computes the binding amount.
const chooser = document.querySelector(".chooser");
const output = document.querySelector("[data-total]");
if (chooser && output) {
  const decimals = Number(chooser.dataset.decimals);
  const minor = (text) => {
    const [whole, fraction = ""] = text.split(".");
    return BigInt(whole + fraction.padEnd(decimals, "0").slice(0, decimals));
  };
  const money = (amount) => {
    const digits = amount.toString().padStart(decimals + 1, "0");
    const whole = digits.slice(0, digits.length - decimals).replace(/\B(?=(\d{3})+$)/g, ",");
    return whole + (decimals ? "." + digits.slice(-decimals) : "") + " " + output.dataset.total;
  };
  const show = () => {
    const months = chooser.querySelector("input[name=months]:checked");
    if (!months) return;
    let total = 0n;
    for (const input of chooser.querySelectorAll("[data-prices]")) {
      const price = input.dataset.prices.split(" ").find((entry) => entry.startsWith(months.value + ":"));
      input.disabled = !price;
      const count = /^\d{1,7}$/.test(input.value) ? BigInt(input.value) : 0n;
      if (price) total += minor(price.split(":")[1]) * count;
    }
    output.textContent = money(total);
  };
  output.setAttribute("aria-live", "polite");
  chooser.addEventListener("input", show);
  show();
}
