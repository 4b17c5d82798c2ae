/** What can go wrong when a device is set up: one sentence that says what to do. */

export class SetupError extends Error {}

/** The sentence for a person, whatever was thrown. */
export function sentenceOf(error: unknown): string {
	if (error instanceof Error) return error.message;
	return typeof error === "string" ? error : "Something failed that nobody foresaw.";
}
