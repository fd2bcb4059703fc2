(() => {
  const filters = document.querySelector(".filters");
  if (!filters) return;
  filters.hidden = false;
  const articles = [...document.querySelectorAll("article")];
  const files = [...document.querySelectorAll("section.found")];
  const boxes = [...filters.querySelectorAll("input")];
  const [account, rule] = ["account", "rule"].map((name) => filters.querySelector(`select[name=${name}]`));
  const told = filters.querySelector("output");
  const show = () => {
    const levels = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    let shown = 0;
    for (const article of articles) {
      const { level, rule: own, account: whose } = article.dataset;
      const fits = levels.has(level) && (!rule.value || own === rule.value) && (!account.value || whose === account.value);
      article.hidden = !fits;
      shown += fits;
    }
    for (const file of files) file.hidden = !file.querySelector("article:not([hidden])");
    for (const card of document.querySelectorAll(".account")) card.hidden = Boolean(account.value) && card.dataset.account !== account.value;
    told.textContent = `${shown} / ${articles.length}`;
  };
  filters.addEventListener("change", show);
  show();
})();
