/** The Wi-Fi network of the device: joined when somebody needs it, and why not when it isn't. */

import type { Host, TimerId, WiFi, WiFiFailure } from "../host.js";
import { DmsError, DmsResult } from "../protocol/result.js";

/** A join with a slow DHCP server takes some seconds; beyond this nobody waits on. */
const joinTimeoutMilliseconds = 20_000;

/** Values of ECMA-419's `connection`. */
const disconnected = 200;
const connected = 400;
const addressAssigned = 500;

const failureResults: { readonly [failure in WiFiFailure]: DmsResult } = Object.freeze({
	"not found": DmsResult.NetworkNotFound,
	"wrong password": DmsResult.WrongPasskey,
	refused: DmsResult.NetworkRefused,
	"no address": DmsResult.NoAddress,
	lost: DmsResult.NetworkNotFound,
});

export interface NetworkSettings {
	readonly ssid: string;
	readonly passkey: string;
}

/** Whose network it is. */
export interface NetworkOwner {
	/** What is set at this moment. */
	readonly networkSettings: NetworkSettings;
	log(line: string): void;
}

export class Network {
	readonly #timer: Host["timer"];
	readonly #owner: NetworkOwner;
	readonly #wifi: WiFi;
	/** The join that is going on: all who ask for the network wait for the same one. */
	#join: Join | undefined;
	#connection = disconnected;

	constructor(host: Host, owner: NetworkOwner) {
		const { wifi } = host.network;
		this.#timer = host.timer;
		this.#owner = owner;
		this.#wifi = new wifi.io({
			...wifi,
			onChanged: (property) => {
				if (property === "connection") this.#onConnection();
			},
		});
	}

	get isUp(): boolean {
		return this.#wifi.connection >= addressAssigned;
	}

	/** 0 down, 1 associated, 2 up: `wlan.network.status`. */
	get status(): number {
		const { connection } = this.#wifi;
		return connection >= addressAssigned ? 2 : connection >= connected ? 1 : 0;
	}

	/** `xx:xx:xx:xx:xx:xx`, or nothing on a machine without Wi-Fi. */
	get mac(): string {
		return this.#wifi.MAC ?? "";
	}

	get address(): string {
		return this.#wifi.address ?? "";
	}

	/** Joins the network, if it isn't up. Rejects with the reason for a person. */
	async up(): Promise<void> {
		if (this.isUp) return;
		this.#join ??= this.#startJoin();
		await this.#join.promise;
	}

	down(): void {
		this.#wifi.disconnect();
		this.#endJoin(DmsResult.NetworkNotFound);
	}

	#startJoin(): Join {
		const { ssid, passkey } = this.#owner.networkSettings;
		if (ssid === "") throw new DmsError(DmsResult.NetworkNotSet);
		const onTimeout = (): void => {
			this.#endJoin(DmsResult.NoAddress);
			this.#wifi.disconnect();
		};
		const join = new Join(this.#timer.set(onTimeout, joinTimeoutMilliseconds));
		this.#owner.log("[Associating to " + ssid + "]");
		this.#wifi.connect(passkey === "" ? { SSID: ssid } : { SSID: ssid, password: passkey });
		return join;
	}

	#onConnection(): void {
		const before = this.#connection;
		const now = this.#wifi.connection;
		this.#connection = now;
		if (now >= connected && before < connected) this.#owner.log("[Associated]");
		if (now < connected && before >= connected) this.#owner.log("[Disassociated]");
		if (now >= addressAssigned && before < addressAssigned) {
			this.#owner.log("IPv4 address: " + this.address);
			this.#endJoin(DmsResult.Success);
		} else if (now <= disconnected) {
			this.#endJoin(failureResults[this.#wifi.failure ?? "not found"]);
		}
	}

	#endJoin(result: DmsResult): void {
		const join = this.#join;
		if (join === undefined) return;
		this.#join = undefined;
		this.#timer.clear(join.timer);
		if (result === DmsResult.Success) join.resolve();
		else join.reject(new DmsError(result));
	}
}

class Join {
	readonly timer: TimerId;
	readonly promise: Promise<void>;
	resolve: () => void = () => undefined;
	reject: (error: DmsError) => void = () => undefined;

	constructor(timer: TimerId) {
		this.timer = timer;
		this.promise = new Promise((resolve, reject) => {
			this.resolve = resolve;
			this.reject = reject;
		});
	}
}
