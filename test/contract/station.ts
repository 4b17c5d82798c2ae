/** A Wi-Fi interface that the contract calls, and what it has said. */

import type { AccessPoint, Host, WiFi, WiFiConnectOptions } from "../../src/host.js";
import { EventLog } from "./event-log.js";

/** The interface; what it notes is the value of `connection` at each change. */
export class Station {
	readonly events = new EventLog();
	readonly wifi: WiFi;

	constructor(host: Host) {
		const onChanged = (property: string): void => {
			if (property !== "connection") return;
			const connection = this.events.calling(() => this.wifi.connection);
			this.events.called(String(connection));
		};
		this.wifi = this.events.calling(
			() => new host.network.wifi.io({ ...host.network.wifi, onChanged }),
		);
	}

	connect(options: WiFiConnectOptions): void {
		this.events.calling(() => this.wifi.connect(options));
	}

	disconnect(): void {
		this.events.calling(() => this.wifi.disconnect());
	}

	/** Resolves with what there is; rejects when it is refused. */
	async scan(): Promise<readonly AccessPoint[]> {
		const found: AccessPoint[] = [];
		let isComplete = false;
		this.events.calling(() =>
			this.wifi.scan({
				onFound: (point) => this.events.called("found", () => found.push(point)),
				onComplete: () => this.events.called("complete", () => (isComplete = true)),
			}),
		);
		await this.events.until(() => isComplete);
		return found;
	}

	/** Resolves when the interface has been told to be so. */
	async until(connection: number): Promise<void> {
		await this.events.until(() => this.wifi.connection === connection);
	}
}
