/** What a console is made of besides itself: chosen by the module that starts the program. */

import type { Device } from "../device.js";
import type { LineProblem } from "../terminal/line.js";
import type { Completion, EditorOwner } from "../terminal/owner.js";

/** Bytes in, lines out. */
export interface LineInput {
	/** A line can be typed; with `isStrict` a control character makes it void. */
	begin(prompt: string, isEchoing: boolean, isStrict?: boolean): void;
	/** Calls back when the line can be hidden. */
	whenMeasured(act: () => void): void;
	/** Makes room for something else to be shown, where the line was. */
	hide(): void;
	/** Shows the line again that is being typed. */
	show(): void;
	/** Bytes were lost before those that come next. */
	tear(): void;
	/** The bytes that came last are none of the line's. */
	takeBack(bytes: Uint8Array): void;
	/** A line is whole and waits to be taken. */
	readonly hasLine: boolean;
	/** Takes bytes up to the end of a line, if there is one; returns how many it took. */
	take(bytes: Uint8Array): number;
	/** Takes the whole line, and begins anew. */
	takeLine(): { line: string; problem?: LineProblem };
}

/** Whose serial port it is that frames come on. */
export interface FrameOwner {
	/** Sends a frame, on a line of its own. */
	sendFrame(frame: Uint8Array): void;
	/** Offers no byte until `answered` resolves; then first the bytes that it resolves with. */
	afterFrame(answered: Promise<Uint8Array | void>): void;
}

/** Takes the frames that come between lines. */
export interface FrameInput {
	/** The beginning of a frame has come. */
	begin(): void;
	/** Takes a byte, or refuses it: then it is a line's. */
	take(byte: number): boolean;
	/** Bytes were lost. */
	tear(): void;
}

/** What a firmware can leave out of its console, or have simpler. */
export interface ConsoleParts {
	input(owner: EditorOwner): LineInput;
	/** How a line can go on; without it nothing is proposed. */
	complete?(device: Device, line: string): Completion;
	/** What a command or variable of the device's own is, by its name; without it none says so. */
	helpOf?(name: string): string | undefined;
	/** Set-up of the Wi-Fi from a browser; without it a frame is noise in a line. */
	improv?(device: Device, owner: FrameOwner): FrameInput;
}
