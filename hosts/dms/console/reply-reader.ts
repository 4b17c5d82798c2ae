/** Finds the replies of a device's console in machine format among the bytes of a serial line. */

/** A reply: `R`, one error digit, five digits of length, CR LF, then so many bytes. */
export interface Reply {
	/** 0 is success; see `errorNames`. */
	readonly code: number;
	/** Without the line end that closes it. */
	readonly text: string;
}

/** What the digits of a reply say. */
export const errorNames: readonly string[] = Object.freeze([
	"success",
	"command failed",
	"parse error",
	"unknown command",
	"too few arguments",
	"too many arguments",
	"unknown variable or option",
	"invalid argument",
	"overflow",
	"bounds error",
]);

const headerLength = 9;
const header = /R(\d)(\d{5})\r\n/;
/** A text, and the prompt. */
const humanReply = /^([^]*?)\r\n> $/;

/** Takes bytes as they come, and gives replies when they are whole. */
export class ReplyReader {
	#bytes: Buffer = Buffer.alloc(0);

	push(bytes: Uint8Array): void {
		this.#bytes = Buffer.concat([this.#bytes, bytes]);
	}

	/** What has come and is no reply yet, as text. */
	get text(): string {
		return this.#bytes.toString("latin1");
	}

	clear(): void {
		this.#bytes = Buffer.alloc(0);
	}

	/** The next whole reply. What comes before one is not ours: echo, logs, or noise. */
	take(): Reply | undefined {
		const match = header.exec(this.text);
		if (match === null) return undefined;
		const start = match.index + headerLength;
		const end = start + Number(match[2]);
		if (this.#bytes.length < end) return undefined;
		const text = this.#bytes.toString("utf8", start, end).replace(/\r\n$/, "");
		this.#bytes = this.#bytes.subarray(end);
		return { code: Number(match[1]), text };
	}

	/**
	 * The reply of a device that has just changed to human format, when that is whole: no head says
	 * how it went, but only a command that succeeds changes the format.
	 */
	takeHuman(): Reply | undefined {
		const [, text] = humanReply.exec(this.#bytes.toString("utf8")) ?? [];
		if (text === undefined || header.test(this.text)) return undefined;
		this.clear();
		return { code: 0, text };
	}
}
