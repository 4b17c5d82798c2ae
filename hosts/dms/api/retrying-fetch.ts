/** Asks a service elsewhere again when the connection was cut: see `Idempotency-Key`. */

export interface Answer {
	readonly status: number;
	readonly text: string;
}

/** A proxy, or the service itself, that starts anew. */
const waitsMilliseconds = Object.freeze([250, 500, 1_000, 2_000, 4_000] as const);

/**
 * Resolves with the whole answer. What is asked must be such that it may be asked again. A service
 * that isn't there when it is asked first is waited for no longer than it takes to know.
 */
export async function fetchWithRetries(url: URL, options: RequestInit): Promise<Answer> {
	let hasBeenThere = false;
	for (const wait of waitsMilliseconds) {
		try {
			const answer = await ask(url, options);
			if (!isPassing(answer)) return answer;
			hasBeenThere = true;
		} catch (error) {
			hasBeenThere ||= isCut(error);
			if (!hasBeenThere) throw error;
		}
		await new Promise((resolve) => setTimeout(resolve, wait));
	}
	return ask(url, options);
}

async function ask(url: URL, options: RequestInit): Promise<Answer> {
	const response = await fetch(url, options);
	return { status: response.status, text: await response.text() };
}

/** The first request is still being done, or a proxy has lost the service for a moment. */
function isPassing({ status, text }: Answer): boolean {
	if (status === 502 || status === 504) return true;
	return status === 409 && text.includes('"idempotency-underway"');
}

/** Whether there was a connection that has ended early. */
function isCut(error: unknown): boolean {
	const code = codeOf(error);
	// Not those of who never came to be connected, which take long already.
	const cuts = ["ECONNRESET", "EPIPE", "UND_ERR_SOCKET", "UND_ERR_HEADERS_TIMEOUT"];
	return code !== undefined && cuts.includes(code);
}

function codeOf(error: unknown): string | undefined {
	const cause = error instanceof Error ? (error.cause ?? error) : error;
	return cause instanceof Error && "code" in cause ? String(cause.code) : undefined;
}

export function reasonOf(error: unknown): string {
	const cause = error instanceof Error ? (error.cause ?? error) : error;
	return cause instanceof Error ? cause.message : String(cause);
}
