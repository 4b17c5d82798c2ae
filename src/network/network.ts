/** The Wi-Fi network of the device: joined when somebody needs it, and why not when it isn't. */

import type { AccessPoint, Host, TimerId, WiFi, WiFiFailure } from "../host.js";
import { DmsError, DmsResult } from "../protocol/result.js";

/** A join with a slow DHCP server takes some seconds; beyond this nobody waits on. */
const joinTimeoutMilliseconds = 20_000;

/** Of a scan: where there are more, memory is dearer than the weak ones. */
const networksMaximum = 20;

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
	/** Empty for one made of the MAC address. */
	readonly hostname: string;
}

/** Whose network it is. */
export interface NetworkOwner {
	/** What is set at this moment. */
	readonly networkSettings: NetworkSettings;
	log(line: string): void;
	/** The network went away by itself. */
	onLost(): void;
}

export class Network {
	readonly #host: Host;
	readonly #owner: NetworkOwner;
	readonly #wifi: WiFi;
	/** The join that is going on: all who ask for the network wait for the same one. */
	#join: Join | undefined;
	#connection = disconnected;
	/** How the last join ended since the reset; `undefined` before there was one. */
	lastJoin: DmsResult | undefined;

	constructor(host: Host, owner: NetworkOwner) {
		const { wifi } = host.network;
		this.#host = host;
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

	/** What the network calls this device. */
	get hostname(): string {
		const { hostname } = this.#owner.networkSettings;
		return hostname || "opendms-" + this.mac.split(":").slice(3).join("");
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

	/** Strength of the network's signal in dBm; `undefined` when there is none. */
	get rssi(): number | undefined {
		return this.#wifi.connection >= connected ? this.#wifi.RSSI : undefined;
	}

	/** The networks in the air, the strongest first. Rejects when the radio has other work. */
	scan(): Promise<AccessPoint[]> {
		const found: AccessPoint[] = [];
		return new Promise((resolve, reject) => {
			try {
				this.#wifi.scan({
					onFound: (accessPoint) => keepStrongest(found, accessPoint),
					onComplete: () => resolve(found),
				});
			} catch {
				reject(new DmsError(DmsResult.RadioBusy));
			}
		});
	}

	/** The IPv4 address of a name, or of an address itself. */
	async addressOf(host: string): Promise<string> {
		await this.up();
		const { dns } = this.#host.network;
		const resolver = new dns.io({ ...dns });
		return new Promise<string>((resolve, reject) => {
			resolver.resolve({
				host,
				onResolved: (_, address) => resolve(address),
				onError: () => reject(new DmsError(DmsResult.NameUnknown)),
			});
		});
	}

	/** Milliseconds until somebody at an IPv4 address answered. */
	async ping(address: string): Promise<number> {
		await this.up();
		const { ping } = this.#host.network;
		return new Promise((resolve, reject) => {
			const onError = (): void => reject(new DmsError(DmsResult.NoEcho));
			new ping.io({ ...ping, address, onReply: resolve, onError });
		});
	}

	down(): void {
		this.#wifi.disconnect();
		this.#endJoin(DmsResult.NetworkNotFound);
	}

	#startJoin(): Join {
		const { ssid, passkey } = this.#owner.networkSettings;
		if (ssid === "") {
			this.lastJoin = DmsResult.NetworkNotSet;
			throw new DmsError(this.lastJoin);
		}
		const onTimeout = (): void => {
			this.#endJoin(DmsResult.NoAddress);
			this.#wifi.disconnect();
		};
		const join = new Join(this.#host.timer.set(onTimeout, joinTimeoutMilliseconds));
		this.#owner.log("[Associating to " + ssid + "]");
		const secret = passkey === "" ? {} : { password: passkey };
		this.#wifi.connect({ SSID: ssid, ...secret, hostname: this.hostname });
		return join;
	}

	#onConnection(): void {
		const before = this.#connection;
		const now = this.#wifi.connection;
		this.#connection = now;
		if (now >= connected && before < connected) this.#owner.log("[Associated]");
		if (now < connected && before >= connected) this.#owner.log("[Disassociated]");
		const isLost = now <= disconnected && before > disconnected && this.#wifi.failure === "lost";
		if (isLost) this.#owner.onLost();
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
		this.#host.timer.clear(join.timer);
		this.lastJoin = result;
		if (result === DmsResult.Success) join.resolve();
		else join.reject(new DmsError(result));
	}
}

/** Keeps a list short, and its strongest first. */
function keepStrongest(found: AccessPoint[], accessPoint: AccessPoint): void {
	let place = found.length;
	while (place > 0 && (found[place - 1]?.RSSI ?? 0) < accessPoint.RSSI) place--;
	found.splice(place, 0, accessPoint);
	if (found.length > networksMaximum) found.pop();
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
