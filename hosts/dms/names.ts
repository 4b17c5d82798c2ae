/** What a platform and a product may be called, by people, keys and bundles alike. */

import { nameLengthMaximum } from "../../src/protocol/messages.js";
import { OperatorError } from "./operator-error.js";

const platformPattern = /^[a-z0-9]+([._-][a-z0-9]+)*$/;
const productPattern = /^[A-Z0-9_]+(-[A-Z0-9_]+)+$/;

/** A platform is what a firmware calls its kind of hardware: devices compare letter by letter. */
export function requirePlatform(platform: string): void {
	if (platformPattern.test(platform) && platform.length <= nameLengthMaximum) return;
	const message = "A platform is lower case, in parts with hyphens or dots, such as esp32c3.";
	throw new OperatorError("name", message);
}

export function requireProductCode(code: string): void {
	if (productPattern.test(code) && code.length <= nameLengthMaximum) return;
	const message = "A product's code is upper case in parts with hyphens, such as ACME-LAMP.";
	throw new OperatorError("name", message);
}
