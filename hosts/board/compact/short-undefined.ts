/** `undefined` in two bytes of code. */

import { type Edit, edited, parse, walk } from "./syntax.js";

/** The source with `void null` for `void 0`: XS has a byte for `null`, and two for a number. */
export function undefinedByNull(source: string): string {
	const edits: Edit[] = [];
	walk(parse(source), (node) => {
		if (node.type !== "UnaryExpression" || node.operator !== "void") return;
		const { type, start, end } = node.argument;
		if (type === "Literal") edits.push([start, end, "null"]);
	});
	return edited(source, edits);
}
