/** The Wi-Fi network of the device: joined when somebody needs it, and why not when it isn't. */

import type { AccessPoint, Addresses, Host, TimerId, WiFi } from "../host.js";
import { DmsError, DmsResult } from "../protocol/result.js";
import { checkSettings, isSame, Join, type NetworkSettings } from "./join.js";

/** A join with a slow DHCP server takes some seconds; beyond this nobody waits on. */
const joinTimeoutMilliseconds = 20_000;

/** A scan of all channels takes 3 s, a resolver with its repetitions some 10. */
const answerTimeoutMilliseconds = 15_000;
/**
 * The end of a connection that was left is heard so much later at most; a join takes longer to
 * fail, since it begins with a scan.
 */
const lateEndMilliseconds = 500;
/** A join waits so long after a leave: what the radio says of its end then disturbs nobody. */
const settlingMilliseconds = 200;

/** Of a scan: where there are more, memory is dearer than the weak ones. */
const networksMaximum = 20;

/** Values of ECMA-419's `connection`. */
const disconnected = 200;
const connected = 400;
const addressAssigned = 500;

/** Whose network it is. */
export interface NetworkOwner {
	/** What is set at this moment. */
	readonly networkSettings: NetworkSettings;
	log(line: string): void;
	/** The network went away by itself. */
	onLost(): void;
}

export class Network {
	private readonly host: Host;
	private readonly owner: NetworkOwner;
	private readonly wifi: WiFi;
	/** The join that is going on: all who ask for the network wait for the same one. */
	private joining: Join | undefined;
	/** What the network was joined with that is up. */
	private joined: NetworkSettings | undefined;
	/** How the last join has failed; `undefined` after one that has not. */
	failure: DmsResult | undefined;
	private connection = disconnected;
	/** When a connection was left, in ticks. */
	private leftAt = -Infinity;
	/** Runs while the network is there and has taken the address away. */
	private addressTimer: TimerId | undefined;

	constructor(host: Host, owner: NetworkOwner) {
		const { wifi } = host.network;
		this.host = host;
		this.owner = owner;
		this.wifi = new wifi.io({
			...wifi,
			onChanged: (property) => {
				if (property === "connection") this.onConnection();
			},
		});
	}

	get isUp(): boolean {
		return this.wifi.connection >= addressAssigned;
	}

	/** 0 down, 1 associated, 2 up: `wlan.network.status`. */
	get status(): number {
		const { connection } = this.wifi;
		return connection >= addressAssigned ? 2 : connection >= connected ? 1 : 0;
	}

	/** `xx:xx:xx:xx:xx:xx`, or nothing on a machine without Wi-Fi. */
	get mac(): string {
		return this.wifi.MAC ?? "";
	}

	/** What the network calls this device. */
	get hostname(): string {
		const { hostname } = this.owner.networkSettings;
		return hostname || "opendms-" + this.mac.split(":").slice(3).join("");
	}

	get address(): string {
		return this.wifi.address ?? "";
	}

	/** All that belongs to the address, as far as the radio says it. */
	get addresses(): Addresses | undefined {
		return this.isUp ? this.wifi.addresses : undefined;
	}

	/** Whether a fixed address can be used. */
	get takesAddresses(): boolean {
		return this.wifi.takesAddresses === true;
	}

	/** MAC address of the access point; empty without one. */
	get bssid(): string {
		return this.wifi.connection >= connected ? (this.wifi.BSSID ?? "") : "";
	}

	/** Joins the network, if none is up. Rejects with the reason for a person. */
	async up(): Promise<void> {
		if (this.isUp) return;
		await (this.joining ?? this.startJoin(this.owner.networkSettings)).promise;
	}

	/**
	 * Joins the network that is set, also when another is up, or `isAnew`. If that fails, the device
	 * goes back to the network that worked; then it rejects with the reason for a person.
	 */
	async join(isAnew = false): Promise<void> {
		const wanted = this.owner.networkSettings;
		const before = this.isUp ? this.joined : undefined;
		if (!this.isUp) checkSettings(wanted);
		if (before !== undefined) {
			if (!isAnew && isSame(before, wanted)) return;
			checkSettings(wanted);
			this.down();
		} else if (this.joining !== undefined && !isSame(this.joining.settings, wanted)) {
			this.down();
		}
		await this.up().catch((error: unknown) => this.goBack(before, error));
	}

	private async goBack(settings: NetworkSettings | undefined, error: unknown): Promise<never> {
		if (settings !== undefined) {
			const { failure } = this;
			try {
				await (this.joining ?? this.startJoin(settings)).promise;
			} catch {
				this.owner.onLost();
			}
			this.failure = failure;
		}
		throw error;
	}

	/** Strength of the network's signal in dBm; `undefined` when there is none. */
	get rssi(): number | undefined {
		return this.wifi.connection >= connected ? this.wifi.RSSI : undefined;
	}

	/** The networks in the air, the strongest first. Rejects when the radio has other work. */
	scan(): Promise<AccessPoint[]> {
		const found: AccessPoint[] = [];
		return this.answered(DmsResult.RadioBusy, (resolve) =>
			this.wifi.scan({
				onFound: (accessPoint) => keepStrongest(found, accessPoint),
				onComplete: () => resolve(found),
			}),
		);
	}

	/** The IPv4 address of a name, or of an address itself. */
	async addressOf(host: string): Promise<string> {
		await this.up();
		const { dns } = this.host.network;
		const resolver = new dns.io({ ...dns });
		return this.answered<string>(DmsResult.NameUnknown, (resolve, reject) =>
			resolver.resolve({ host, onResolved: (_, address) => resolve(address), onError: reject }),
		);
	}

	/** Milliseconds until somebody at an IPv4 address answered. */
	async ping(address: string): Promise<number> {
		await this.up();
		const { ping } = this.host.network;
		return this.answered<number>(DmsResult.NoEcho, (resolve, reject) => {
			new ping.io({ ...ping, address, onReply: resolve, onError: reject });
		});
	}

	down(): void {
		this.leave();
		this.endJoin(DmsResult.NetworkNotFound);
	}

	private leave(): void {
		if (this.wifi.connection > disconnected) this.leftAt = this.host.clock.ticks();
		this.stopAddressTimer();
		this.wifi.disconnect();
	}

	/** What the radio, or whom it asks, answers; `result` when it refuses or never does. */
	private answered<T>(
		result: DmsResult,
		ask: (resolve: (answer: T) => void, reject: (error?: unknown) => void) => void,
	): Promise<T> {
		const { timer } = this.host;
		return new Promise((resolve, reject) => {
			const refuse = (error?: unknown): void =>
				reject(error instanceof DmsError ? error : new DmsError(result));
			const limit = timer.set(refuse, answerTimeoutMilliseconds);
			const ending =
				<V>(end: (value: V) => void) =>
				(value: V): void => {
					timer.clear(limit);
					end(value);
				};
			try {
				ask(ending(resolve), ending(refuse));
			} catch {
				ending(refuse)(undefined);
			}
		});
	}

	private startJoin(settings: NetworkSettings): Join {
		checkSettings(settings);
		if (this.wifi.connection > disconnected) this.leave(); // There, but without an address.
		this.owner.log("[Associating to " + settings.ssid + "]");
		const join = new Join(settings);
		this.joining = join;
		if (this.isJustLeft(settlingMilliseconds)) {
			join.timer = this.host.timer.set(() => this.connect(join), settlingMilliseconds);
		} else {
			this.connect(join);
		}
		return join;
	}

	private connect(join: Join): void {
		const { ssid, passkey, addresses } = join.settings;
		join.isPassedOver = false;
		join.timer = this.host.timer.set(() => {
			const failure = join.isPassedOver ? this.failureNow : DmsResult.NoAddress;
			this.leave();
			this.endJoin(failure);
		}, joinTimeoutMilliseconds);
		const secret = passkey === "" ? {} : { password: passkey };
		try {
			const fixed = addresses && { addresses };
			this.wifi.connect({ SSID: ssid, ...secret, ...fixed, hostname: this.hostname });
		} catch {
			this.endJoin(DmsResult.RadioBusy);
		}
	}

	private get failureNow(): DmsResult {
		switch (this.wifi.failure) {
			case "wrong password":
				return DmsResult.WrongPasskey;
			case "refused":
				return DmsResult.NetworkRefused;
			case "no address":
				return DmsResult.NoAddress;
			default:
				return DmsResult.NetworkNotFound;
		}
	}

	private isJustLeft(milliseconds: number): boolean {
		return this.host.clock.ticks() - this.leftAt < milliseconds;
	}

	/** A network that doesn't give the address back is as good as lost. */
	private onAddressLost(): void {
		this.owner.log("[Address lost]");
		this.addressTimer = this.host.timer.set(() => {
			this.leave();
			this.owner.onLost();
		}, joinTimeoutMilliseconds);
	}

	private stopAddressTimer(): void {
		if (this.addressTimer !== undefined) this.host.timer.clear(this.addressTimer);
		this.addressTimer = undefined;
	}

	private onConnection(): void {
		const before = this.connection;
		const now = this.wifi.connection;
		this.connection = now;
		if (now >= connected && before < connected) this.owner.log("[Associated]");
		if (now < connected && before >= connected) this.owner.log("[Disassociated]");
		const isLost = now <= disconnected && before > disconnected && this.wifi.failure === "lost";
		if (now >= addressAssigned || now < connected) this.stopAddressTimer();
		else if (before >= addressAssigned) this.onAddressLost();
		if (isLost && this.joining === undefined) this.owner.onLost();
		if (now >= addressAssigned && before < addressAssigned) {
			this.owner.log("IPv4 address: " + this.address);
			this.endJoin(DmsResult.Success);
		} else if (now <= disconnected) {
			this.endAttempt(this.failureNow);
		}
	}

	/** The end of a connection that was left may come during the next join, which goes on. */
	private endAttempt(result: DmsResult): void {
		const isLate = this.isJustLeft(lateEndMilliseconds);
		if (isLate && this.joining !== undefined) this.joining.isPassedOver = true;
		else this.endJoin(result);
	}

	private endJoin(result: DmsResult): void {
		const join = this.joining;
		if (join === undefined) return;
		this.joining = undefined;
		this.failure = result === DmsResult.Success ? undefined : result;
		if (result === DmsResult.Success) this.joined = join.settings;
		this.host.timer.clear(join.timer);
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
