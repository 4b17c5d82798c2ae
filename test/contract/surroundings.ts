/** What a row asks of the world around the host. What a world can't offer is left out. */

export interface Surroundings {
	readonly line?: Line;
	readonly air?: Air;
	readonly servers?: Servers;
	readonly power?: Power;
	readonly storage?: StorageTrouble;
}

/** The other end of the serial line. */
export interface Line {
	/** Sends bytes to the device's receiver. */
	type(bytes: Uint8Array): Promise<void>;
	/** Resolves with the first `byteLength` bytes that the device has sent since its boot. */
	heard(byteLength: number): Promise<Uint8Array>;
}

export interface Air {
	/** A network in reach that assigns addresses. */
	readonly network: { readonly SSID: string; readonly password: string };
	/** The network goes off the air. */
	vanish(): Promise<void>;
	/** The network takes the address back; the station stays associated. */
	takeAddress(): Promise<void>;
	/** How radio and network are from now on. */
	behave(mood: AirMood): Promise<void>;
	/** More access points in the air, open ones; names in hexadecimal, empty for a hidden one. */
	add(names: readonly string[]): Promise<void>;
}

/**
 * As they should be; or the driver refuses to begin anything; or it begins and never ends; or who
 * joins gets no address.
 */
export type AirMood = "good" | "busy" | "silent" | "addressless";

export interface Servers {
	/** Starts a server that the device can reach; it lasts to the end of the row. */
	start(script: Script): Promise<Server>;
}

/** What a server does. In texts a character is a byte. */
export interface Script {
	/** What it shows inside TLS; without it the server speaks plain TCP. */
	readonly tls?: TlsKind;
	/** Sent in answer to each whole request, as segments of their own. */
	readonly reply: readonly string[];
	/** So many bytes more behind the reply, each with the value of its position modulo 251. */
	readonly bodyLength?: number;
	/** What comes after; `repeat` sends the last segment again and again until the client closes. */
	readonly end: "close" | "reset" | "stay" | "repeat";
}

/**
 * Whether the server's certificate is as it must be, or what is wrong with it: it is for another
 * name, by another authority under the same name, no longer valid, or TLS 1.1 is the best it can.
 */
export type TlsKind = "good" | "other name" | "other authority" | "expired" | "old TLS";

export interface Server {
	readonly host: string;
	readonly port: number;
	/** DER of the CA to trust. */
	readonly authority: Uint8Array;
	/** Milliseconds since 1970: a certificate's dates are checked against the device's clock. */
	readonly time: number;
	/** The requests that have come, heads and bodies. */
	requests(): Promise<readonly string[]>;
	/** Resolves when a connection has been made and none is open any more. */
	closed(): Promise<void>;
}

export interface Power {
	/** Has the device's power fail during its next write to flash, and come back. */
	failAtNextWrite(): Promise<void>;
}

/** What becomes of key-value storage in the field. */
export interface StorageTrouble {
	/** It can't be used at all: it has no free page, or something else wrote it. */
	spoil(): Promise<void>;
	/** From now on each read fails, or none. */
	failReads(isFailing: boolean): Promise<void>;
}

/** A row asked for what its surroundings do not offer. */
export class NotOffered extends Error {}

/** What is offered, if it is. */
export function offered<T>(offer: T | undefined): T {
	if (offer === undefined) throw new NotOffered();
	return offer;
}
