/** Versions of firmware: four numbers with dots between, compared from the first to the last. */

/** Each of the four is at most this: they fit 16 bits, as in most version resources. */
const partMaximum = 65_535;

/** Whether `text` is a version as the protocol writes it: no sign, no leading zero. */
export function isVersion(text: string): boolean {
	const parts = text.split(".");
	return parts.length === 4 && parts.every(isPart);
}

/** Negative, zero or positive, as `left` is lower than, the same as or higher than `right`. */
export function compareVersions(left: string, right: string): number {
	const leftParts = left.split(".");
	const rightParts = right.split(".");
	for (let index = 0; index < 4; index++) {
		const difference = Number(leftParts[index]) - Number(rightParts[index]);
		if (difference !== 0) return difference;
	}
	return 0;
}

function isPart(text: string): boolean {
	return String(Number(text)) === text && Number.isInteger(Number(text)) && inRange(Number(text));
}

function inRange(value: number): boolean {
	return value >= 0 && value <= partMaximum;
}
