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
	#bytes = new Uint8Array(0);

	push(bytes: Uint8Array): void {
		const all = new Uint8Array(this.#bytes.length + bytes.length);
		all.set(this.#bytes);
		all.set(bytes, this.#bytes.length);
		this.#bytes = all;
	}

	/** What has come and is no reply yet, as text: one character for each byte. */
	get text(): string {
		return new TextDecoder("latin1").decode(this.#bytes);
	}

	clear(): void {
		this.#bytes = new Uint8Array(0);
	}

	/** The next whole reply. What comes before one is not ours: echo, logs, or noise. */
	take(): Reply | undefined {
		const match = header.exec(this.text);
		if (match === null) return undefined;
		const start = match.index + headerLength;
		const end = start + Number(match[2]);
		if (this.#bytes.length < end) return undefined;
		const text = textOf(this.#bytes.subarray(start, end)).replace(/\r\n$/, "");
		this.#bytes = this.#bytes.slice(end);
		return { code: Number(match[1]), text };
	}

	/** Whether the device says that it has just started, where it should reply. */
	get hasRestarted(): boolean {
		const { text } = this;
		return !header.test(text) && /(^|\n)\[Ready\]\r\n/.test(text);
	}

	/**
	 * The reply to a line that was done in human format, once the device is back in machine format.
	 */
	takeBetween(line: string): Reply | undefined {
		const { text: all } = this;
		const head = header.exec(all);
		if (head === null || this.take() === undefined) return undefined;
		const own = all.slice(0, head.index);
		const [, said = own] = own.split(line + "\r\n");
		const [text = ""] = said.split("\r\n> ");
		return { code: text.endsWith("Success") ? 0 : 1, text };
	}

	/**
	 * The reply of a device that has just changed to human format, when that is whole: no head says
	 * how it went, but only a command that succeeds changes the format.
	 */
	takeHuman(): Reply | undefined {
		const [, text] = humanReply.exec(textOf(this.#bytes)) ?? [];
		if (text === undefined || header.test(this.text)) return undefined;
		this.clear();
		return { code: 0, text };
	}
}

function textOf(bytes: Uint8Array): string {
	return new TextDecoder().decode(bytes);
}
