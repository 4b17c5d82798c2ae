/**
 * What somebody without a pointer meets on a page: whatever takes the focus takes it in the order
 * in which it is seen, rows from the top, and is seen to have it. And what a narrow screen shows
 * before a cell doesn't run into it. A script whose value is a sentence for each that isn't so.
 */

(() => {
	const found: string[] = [];
	const all = document.querySelectorAll<HTMLElement>(
		"a[href], button, input:not([type=hidden]), select, summary",
	);
	let last: DOMRect | undefined;
	for (const one of all) {
		if (!one.checkVisibility()) continue;
		one.focus({ preventScroll: true }); // Else boxes move.
		const name = one.outerHTML.slice(0, 80);
		const { outlineStyle, outlineWidth } = getComputedStyle(one);
		if (document.activeElement !== one) found.push("takes no focus: " + name);
		if (one.tabIndex !== 0) found.push("isn't met by the tabulator: " + name);
		if (outlineStyle === "none" || parseFloat(outlineWidth) < 2) {
			found.push("isn't seen to have the focus: " + name);
		}
		if (one.className === "skip") continue; // It is seen while it has the focus alone.
		const [box] = one.getClientRects();
		if (box === undefined) continue;
		const isBehind =
			last === undefined ||
			box.top >= last.bottom - 1 ||
			(box.bottom > last.top && box.left >= last.left);
		if (!isBehind) found.push("comes before what is seen before it: " + name);
		last = box;
	}
	for (const cell of document.querySelectorAll("td[data-label]")) {
		const { content, whiteSpace } = getComputedStyle(cell, "::before");
		if (content !== "none" && whiteSpace === "nowrap") found.push("runs into its cell: " + content);
	}
	if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
	return found;
})();
