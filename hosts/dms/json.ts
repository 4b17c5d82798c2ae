/** What is told to programs: JSON, in which times are as ISO 8601 has them. */

/** One line. Fields that are times hold seconds since 1970 in `value`. */
export function jsonText(value: unknown): string {
	return JSON.stringify(value, (name, one: unknown) =>
		typeof one === "number" && isTime(name) ? timeText(one) : one,
	);
}

/** `time`, `addedAt` and so on: seconds since 1970. */
function isTime(name: string): boolean {
	return name === "time" || name === "expires" || name.endsWith("At");
}

/** The same back: its times are seconds since 1970 again. */
export function fromJson(value: unknown): unknown {
	return JSON.parse(JSON.stringify(value), (name, one: unknown) =>
		typeof one === "string" && isTime(name) ? Date.parse(one) / 1000 : one,
	);
}

/** Seconds since 1970 as a date and time in UTC. */
export function timeText(seconds: number): string {
	return new Date(seconds * 1000).toISOString().slice(0, -5) + "Z";
}
