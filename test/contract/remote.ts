/** Surroundings that are asked over a channel: one question, one answer, both JSON. */

import { fromHex, toHex } from "../../src/encoding/bytes.js";
import type {
	Air,
	AirMood,
	Line,
	Power,
	Server,
	Servers,
	StorageTrouble,
	Surroundings,
} from "./surroundings.js";

/** Asks the world outside; it answers with a value that JSON can carry. */
export type Ask = (question: Question) => Promise<unknown>;

export type Question =
	| { readonly what: "line.type"; readonly hex: string }
	| { readonly what: "line.heard"; readonly byteLength: number }
	| { readonly what: "air.vanish" }
	| { readonly what: "air.takeAddress" }
	| { readonly what: "air.behave"; readonly mood: AirMood }
	| { readonly what: "air.add"; readonly names: readonly string[] }
	| { readonly what: "server.start"; readonly script: Parameters<Servers["start"]>[0] }
	| { readonly what: "server.requests"; readonly port: number }
	| { readonly what: "server.closed"; readonly port: number }
	| { readonly what: "power.failAtNextWrite" }
	| { readonly what: "storage.spoil" }
	| { readonly what: "storage.failReads"; readonly isFailing: boolean };

/** What a world says that it offers. */
export interface Offers {
	readonly line?: boolean;
	readonly network?: Air["network"];
	readonly servers?: boolean;
	readonly power?: boolean;
	readonly storage?: boolean;
}

/** The answer to `server.start`. */
export interface StartedServer {
	readonly host: string;
	readonly port: number;
	readonly authorityHex: string;
	readonly time: number;
}

export function remoteSurroundings(offers: Offers, ask: Ask): Surroundings {
	const { network } = offers;
	return {
		...(offers.line === true ? { line: remoteLine(ask) } : {}),
		...(network === undefined ? {} : { air: remoteAir(network, ask) }),
		...(offers.servers === true ? { servers: remoteServers(ask) } : {}),
		...(offers.power === true ? { power: remotePower(ask) } : {}),
		...(offers.storage === true ? { storage: remoteStorage(ask) } : {}),
	};
}

function remoteLine(ask: Ask): Line {
	return {
		type: async (bytes) => void (await ask({ what: "line.type", hex: toHex(bytes) })),
		heard: async (byteLength) => {
			const hex = await ask({ what: "line.heard", byteLength });
			return fromHex(String(hex)) ?? new Uint8Array(0);
		},
	};
}

function remoteAir(network: Air["network"], ask: Ask): Air {
	return {
		network,
		vanish: async () => void (await ask({ what: "air.vanish" })),
		takeAddress: async () => void (await ask({ what: "air.takeAddress" })),
		behave: async (mood) => void (await ask({ what: "air.behave", mood })),
		add: async (names) => void (await ask({ what: "air.add", names: [...names] })),
	};
}

function remotePower(ask: Ask): Power {
	return { failAtNextWrite: async () => void (await ask({ what: "power.failAtNextWrite" })) };
}

function remoteStorage(ask: Ask): StorageTrouble {
	return {
		spoil: async () => void (await ask({ what: "storage.spoil" })),
		failReads: async (isFailing) => void (await ask({ what: "storage.failReads", isFailing })),
	};
}

function remoteServers(ask: Ask): Servers {
	return {
		start: async (script): Promise<Server> => {
			const copy = { ...script, reply: [...script.reply] }; // XS makes no JSON of lists in ROM.
			const answer = (await ask({ what: "server.start", script: copy })) as StartedServer;
			const { host, port, time } = answer;
			const authority = fromHex(answer.authorityHex) ?? new Uint8Array(0);
			return {
				host,
				port,
				authority,
				time,
				requests: async () => (await ask({ what: "server.requests", port })) as readonly string[],
				closed: async () => void (await ask({ what: "server.closed", port })),
			};
		},
	};
}
