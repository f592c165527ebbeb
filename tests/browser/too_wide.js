// What a reader of the page cannot see without scrolling sideways: the page is wider than its window, or a box that
// hides its overflow cuts something off. A list of words for a person; empty if all is well.
(() => {
  const root = document.documentElement;
  const name = (element) =>
    element.tagName.toLowerCase() + (element.id && `#${element.id}`) + [...element.classList].map((one) => `.${one}`).join("");
  const place = (element) => (element.parentElement ? `${name(element.parentElement)} > ` : "") + name(element);
  const scrolls = (element) => {
    for (let box = element.parentElement; box && box !== root; box = box.parentElement) {
      if (getComputedStyle(box).overflowX !== "visible") return true;
    }
    return false;
  };
  const shown = [...document.body.querySelectorAll("*")].filter((element) => !element.closest(".visually-hidden, .skip, svg, input"));
  const problems = [];
  if (root.scrollWidth > root.clientWidth) {
    const wide = shown.filter((element) => element.getBoundingClientRect().right > root.clientWidth + 1 && !scrolls(element));
    problems.push(`${root.scrollWidth} px wide: ${wide.slice(0, 6).map(place).join(", ")}`);
  }
  for (const element of shown) {
    const style = getComputedStyle(element);
    const hides = style.overflowX === "hidden" || style.overflowX === "clip";
    if (hides && style.textOverflow !== "ellipsis" && style.position !== "absolute" && element.scrollWidth > element.clientWidth + 1) {
      problems.push(`cut off: ${place(element)}`);
    }
  }
  return problems;
})()
