/** A controller's console: it takes whole lines and shows nothing of them. */

import { Console } from "./console.js";
import { PlainInput } from "./plain-input.js";

export class PlainConsole extends Console {
	protected override newInput(): PlainInput {
		return new PlainInput();
	}

	protected override begin(): void {
		// Nothing is shown.
	}
}
