/** A Wi-Fi interface that the contract calls, and what it has said. */

import type { AccessPoint, Host, WiFi, WiFiConnectOptions } from "../../src/host.js";
import { Diary } from "./diary.js";

/** The interface; what it notes is the value of `connection` at each change. */
export class Station {
	readonly diary = new Diary();
	readonly wifi: WiFi;

	constructor(host: Host) {
		const onChanged = (property: string): void => {
			if (property !== "connection") return;
			const connection = this.diary.calling(() => this.wifi.connection);
			this.diary.called(String(connection));
		};
		this.wifi = this.diary.calling(
			() => new host.network.wifi.io({ ...host.network.wifi, onChanged }),
		);
	}

	connect(options: WiFiConnectOptions): void {
		this.diary.calling(() => this.wifi.connect(options));
	}

	disconnect(): void {
		this.diary.calling(() => this.wifi.disconnect());
	}

	/** Resolves with what there is; rejects when it is refused. */
	async scan(): Promise<readonly AccessPoint[]> {
		const found: AccessPoint[] = [];
		let isComplete = false;
		this.diary.calling(() =>
			this.wifi.scan({
				onFound: (point) => this.diary.called("found", () => found.push(point)),
				onComplete: () => this.diary.called("complete", () => (isComplete = true)),
			}),
		);
		await this.diary.until(() => isComplete);
		return found;
	}

	/** Resolves when the interface has been told to be so. */
	async until(connection: number): Promise<void> {
		await this.diary.until(() => this.wifi.connection === connection);
	}
}
