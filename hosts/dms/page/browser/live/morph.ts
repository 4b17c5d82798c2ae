/** Makes a part of the page what it is to be, and leaves alone what is that already. */

/** What has the focus keeps it, as long as it stays. */
export function morph(now: Node, next: Node): void {
	if (now.isEqualNode(next)) return;
	if (!isAlike(now, next)) {
		now.parentNode?.replaceChild(next, now);
		return;
	}
	const pairs = [...now.childNodes].map((child, index) => [child, next.childNodes[index]] as const);
	for (const [child, other] of pairs) {
		if (other !== undefined) morph(child, other.cloneNode(true));
	}
}

/** Whether only what is inside may differ. */
function isAlike(now: Node, next: Node): boolean {
	return (
		now instanceof Element &&
		next instanceof Element &&
		now.childNodes.length === next.childNodes.length &&
		now.cloneNode(false).isEqualNode(next.cloneNode(false))
	);
}
