"use strict";
// A click on a heading sorts its table; another turns it round.
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = Array.from(table.tHead.rows[0].cells);
  heads.forEach((head, column) => {
    head.tabIndex = 0;
    const sort = () => {
      const numbers = head.classList.contains("n");
      const before = head.getAttribute("aria-sort");
      const down = before ? before === "ascending" : numbers;
      heads.forEach(other => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const key = row => {
        const cell = row.cells[column];
        return numbers ? parseFloat(cell.dataset.v ?? cell.textContent) || 0 : cell.textContent;
      };
      const compare = (a, b) => numbers ? key(a) - key(b) : key(a).localeCompare(key(b));
      const rows = Array.from(table.tBodies[0].rows).sort((a, b) => down ? compare(b, a) : compare(a, b));
      table.tBodies[0].append(...rows);
    };
    head.addEventListener("click", sort);
    head.addEventListener("keydown", event => { if (event.key === "Enter") sort(); });
  });
}
