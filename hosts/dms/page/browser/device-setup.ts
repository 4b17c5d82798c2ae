/**
 * Sets a device up over a serial cable, step by step. Each step asks the device how it stands and
 * does what is missing, so that one goes on after a failure, a reset or another day.
 */

import { Cable } from "./setup/cable.js";
import { onConsole } from "./setup/device.js";
import { putFirmware } from "./setup/firmware.js";
import { activate, claim, provision, type TokenSource } from "./setup/identity.js";
import { FreshToken } from "./setup/service.js";
import { find, pressed, Step } from "./setup/step.js";
import { joinNetwork } from "./setup/wifi.js";

/** The device is at hand: a token that is left over is good for no longer than this. */
const lifeSeconds = 3_600;

/** What the service has put on the page. */
interface Setting {
	readonly user: string;
	/** Whether whoever has logged in may make provisioning tokens, and sees all devices. */
	readonly isOperator: boolean;
	readonly product: string;
	readonly platform: string;
}

function readSetting(): Setting {
	const { user = "", operator } = find(document, "#steps", HTMLElement).dataset;
	const [choice] = find(document, "#product", HTMLSelectElement).selectedOptions;
	const { platform = "" } = choice?.dataset ?? {};
	return { user, isOperator: operator === "true", product: choice?.value ?? "", platform };
}

async function setUp({ user, isOperator, product, platform }: Setting): Promise<void> {
	const cable = new Cable();
	await new Step("cable").until(() => cable.use(async () => "The port is open."));

	const firmware = new Step("firmware");
	await firmware.until(() => putFirmware(cable, firmware, { product, platform }));

	const wifi = new Step("wifi");
	await wifi.until(() => joinNetwork(cable, wifi));

	const identity = new Step("identity");
	const token = isOperator ? newToken("provisioning", {}) : typedToken(identity);
	await identity.until(() => onConsole(cable, (device) => provision(device, token)));

	const owner = { user, token: newToken("claim", { user }), seesAll: isOperator };
	await new Step("owner").until(() => onConsole(cable, (device) => claim(device, owner)));

	await new Step("product").until(async () => {
		const uuid = await onConsole(cable, (device) => activate(device, product));
		find(document, "#device", HTMLAnchorElement).href = "/devices/" + uuid;
		return "It is on " + product + ".";
	});
	await cable.close();
	find(document, "#finished", HTMLElement).hidden = false;
}

function newToken(kind: "provisioning" | "claim", fields: object): FreshToken {
	return new FreshToken("/tokens/" + kind, { ...fields, lifeSeconds });
}

/** An owner has it with the device: on a label, or from who runs the service. */
function typedToken(step: Step): TokenSource {
	const field = step.field("token");
	return {
		async text() {
			await step.asked("The device has no identity yet. Which token came with it?");
			return field.value.trim();
		},
		drop: () => (field.value = ""),
	};
}

async function begin(): Promise<void> {
	const button = find(document, "#begin", HTMLButtonElement);
	button.hidden = false;
	await pressed(button);
	const setting = readSetting();
	find(document, "#choice", HTMLFormElement).hidden = true;
	find(document, "#steps", HTMLElement).hidden = false;
	await setUp(setting);
}

// Where there is no Web Serial, or no product, the page has the lines to paste.
if ("serial" in navigator && document.querySelector("#begin") !== null) void begin();
