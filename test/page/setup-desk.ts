/** A desk where a browser sets a device up: real service and Chromium, virtual board and cable. */

import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { freePort } from "../../example/local-service.js";
import type { Board } from "../../hosts/board/board.js";
import { buildImage } from "../../hosts/board/build-image.js";
import { openBoard, type ProcessorKind } from "../../hosts/board/open-board.js";
import { MemoryState } from "../../hosts/board/state.js";
import { listenForApi } from "../../hosts/dms/api/api-listener.js";
import { createAuthority } from "../../hosts/dms/authority/authority.js";
import { listen } from "../../hosts/dms/listener/listener.js";
import { openService, type Service } from "../../hosts/dms/service.js";
import { memory } from "../../hosts/dms/storage/database.js";
import type { Role } from "../../hosts/dms/storage/schema.js";
import { platformKeys } from "../update/publisher.js";
import { openChromium, timeout } from "./chromium.js";
import { VirtualCable } from "./virtual-cable.js";

export const network = { ssid: "home", passkey: "correct horse", rssi: -50 };

export interface Desk {
	readonly service: Service;
	/** Where the page is. */
	readonly url: string;
	readonly page: Page;
	readonly cable: VirtualCable;
	readonly board: Board;
	/** Resolves when the device has said this since it was last asked for something. */
	heard(text: string): Promise<void>;
	/** Adds the product, for virtual boards unless it is said. */
	addProduct(owner: string, platform?: string): Promise<void>;
	/** Logs a new user in with whom the product is shared, and begins on "Add a device". */
	open(name: string, role: Role): Promise<void>;
	/** Logs in, as another tab of the browser does. */
	logIn(name: string): Promise<void>;
	begin(): Promise<void>;
	/** Waits until the step says this, of what it has done or of why it has failed. */
	told(step: string, text: RegExp): Promise<void>;
	again(step: string): Promise<void>;
	join(passkey?: string): Promise<void>;
	finished(): Promise<void>;
}

/** Firmware with one of the example's apps. */
export function imageOf(app: "lamp" | "next" | "broken", version: string): Uint8Array {
	const path = fileURLToPath(new URL(`../../example/lamp/${app}.js`, import.meta.url));
	return buildImage({ app: path, version, platformKey: platformKeys.publicKey });
}

const lamp = imageOf("lamp", "0.1.0.0");

/** Without a processor the board stays off, and something else is at the cable. */
export async function openDesk(
	context: TestContext,
	processor: ProcessorKind | "none",
): Promise<Desk> {
	const port = await freePort();
	const service = await openService({
		...{ database: memory, authority: createAuthority(Math.floor(Date.now() / 1000)) },
		addresses: ["localhost:" + port],
		passwordCost: { ln: 8, r: 8, p: 1 },
	});
	const devices = await listen(service, { host: "127.0.0.1", port });
	const people = await listenForApi(service, { host: "127.0.0.1", port: 0 });
	const page = await (await openChromium()).newPage();
	page.setDefaultTimeout(timeout);
	const cable = await VirtualCable.attach(page);
	const ear = new Ear();
	const board = openBoard({
		...{ state: new MemoryState(), image: lamp },
		processor: processor === "none" ? "v8" : processor,
		networks: [network],
		onOutput(bytes) {
			ear.hear(bytes);
			cable.say(bytes);
		},
	});
	cable.farEnd = board.uart;
	context.after(async () => {
		await board.powerOff();
		await page.close();
		await Promise.all([devices.close(), people.close()]);
		await service.close();
	});
	if (processor !== "none") {
		board.powerOn();
		await ear.heard("> ");
	}
	return {
		...{ service, url: people.url, page, cable, board },
		heard: (text) => ear.heard(text),
		...handsOn(page, people.url, service),
	};
}

type Hands = Pick<
	Desk,
	"addProduct" | "open" | "logIn" | "begin" | "told" | "again" | "join" | "finished"
>;

/** What somebody does on the page. */
function handsOn(page: Page, url: string, service: Service): Hands {
	const stepOf = (step: string) => page.locator("#step-" + step);
	const logIn = async (name: string): Promise<void> => {
		const { cookie } = await service.sessions.begin(name, { address: "", agent: "" });
		const place = { domain: "127.0.0.1", path: "/" };
		const cookieName = "opendms-" + new URL(url).port;
		await page.context().addCookies([{ name: cookieName, value: cookie, ...place }]);
	};
	const begin = async (): Promise<void> => {
		await page.goto(url + "/devices/add");
		await page.click("#begin");
	};
	return {
		async addProduct(owner, platform = "board") {
			await service.users.add(owner);
			await service.products.add({ code: "ACME-LAMP", title: "Lamp", platform, owner });
		},
		async open(name, role) {
			await service.users.add(name, { role });
			await service.products.share("ACME-LAMP", name);
			await logIn(name);
			await begin();
		},
		...{ logIn, begin },
		async told(step, text) {
			const waiting = stepOf(step).getByText(text).waitFor();
			await waiting.catch(async () => {
				assert.fail(`${step} doesn't say ${text}: ${await stepOf(step).innerText()}`);
			});
		},
		again: (step) => stepOf(step).getByText("Again", { exact: true }).click(),
		async join(passkey = network.passkey) {
			await page.fill("[name=ssid]", network.ssid);
			await page.fill("[name=passkey]", passkey);
			await page.click("#step-wifi form button");
		},
		async finished() {
			await page.locator("#finished").waitFor();
			assert.deepEqual(await page.locator("[role=alert]:visible").allTextContents(), []);
		},
	};
}

/** Somebody who hears all that the device says. */
class Ear {
	#said = "";
	#onSaid: () => void = () => undefined;

	hear(bytes: Uint8Array): void {
		this.#said += Buffer.from(bytes).toString("latin1");
		this.#onSaid();
	}

	async heard(text: string): Promise<void> {
		await new Promise<void>((resolve, reject) => {
			const timer = setTimeout(() => {
				reject(new Error(`the device doesn't say ${text}, but: ${this.#said.slice(-2_000)}`));
			}, timeout);
			this.#onSaid = () => {
				if (!this.#said.includes(text)) return;
				clearTimeout(timer);
				resolve();
			};
			this.#onSaid();
		});
		this.#said = "";
	}
}
