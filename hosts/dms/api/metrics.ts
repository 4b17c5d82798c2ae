/** Figures for Prometheus and its like, in their text format. */

import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { LogEntry } from "../log.js";
import type { Service } from "../service.js";

/** Enough of a fingerprint to tell one of nine. */
const authorityDigits = 16;
/** Whoever asks more often gets the figures of the last time: they read every device's row. */
const countedMilliseconds = 15_000;

export class Metrics {
	readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;
	readonly #registry = new Registry();
	readonly #requests = this.#counter("requests_total", "Requests of devices and of the API", [
		"path",
		"status",
		"rule",
	]);
	readonly #seconds = new Histogram({
		name: "opendms_request_seconds",
		help: "Time in which a request was answered",
		labelNames: ["path"],
		buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
		registers: [this.#registry],
	});
	readonly #refused = this.#counter("refused_connections_total", "Connections closed at once", [
		"limit",
	]);
	readonly #faults = this.#counter("faults_total", "What should not have happened", []);
	readonly #devices = this.#gauge("devices", "Devices", ["product", "version", "state"]);
	readonly #reports = this.#gauge("bundle_reports", "Devices by what they reported of a bundle", [
		"product",
		"version",
		"status",
	]);
	readonly #halted = this.#gauge("roll_out_halted", "1 when a roll-out has stopped by itself", [
		"product",
		"version",
		"tag",
	]);
	readonly #authority = this.#gauge(
		"authority_expires_seconds",
		"When a CA that devices are served by ends, since 1970",
		["authority"],
	);
	#countedAt = -Infinity;

	/** Takes what the log says. */
	note(entry: LogEntry): void {
		if (entry.kind === "fault") return this.#faults.inc();
		if (entry.kind === "refused")
			return this.#refused.inc({ limit: entry.limit }, entry.connections);
		if (entry.kind !== "request") return;
		const { path, status, rule = "", milliseconds } = entry;
		this.#requests.inc({ path, status, rule });
		this.#seconds.observe({ path }, milliseconds / 1000);
	}

	async text(service: Service): Promise<string> {
		if (service.now() - this.#countedAt >= countedMilliseconds) await this.#count(service);
		return this.#registry.metrics();
	}

	async #count(service: Service): Promise<void> {
		this.#countedAt = service.now();
		this.#devices.reset();
		for (const { product, version, state, count } of await service.countDevices()) {
			this.#devices.set({ product: product ?? "", version, state }, count);
		}
		this.#reports.reset();
		this.#halted.reset();
		for (const { code: product } of await service.products.list()) {
			for (const { version, reports, tags } of await service.bundles.list(product)) {
				for (const [status, count] of Object.entries(reports)) {
					this.#reports.set({ product, version, status }, count);
				}
				for (const { tag, haltedAt } of tags) {
					this.#halted.set({ product, version, tag }, haltedAt === null ? 0 : 1);
				}
			}
		}
		this.#authority.reset();
		for (const { fingerprint, state, expiresAt } of await service.certificates.list()) {
			const authority = fingerprint.slice(0, authorityDigits);
			if (state !== "retired") this.#authority.set({ authority }, expiresAt);
		}
	}

	#counter(name: string, help: string, labelNames: string[]): Counter {
		return new Counter({ name: "opendms_" + name, help, labelNames, registers: [this.#registry] });
	}

	#gauge(name: string, help: string, labelNames: string[]): Gauge {
		return new Gauge({ name: "opendms_" + name, help, labelNames, registers: [this.#registry] });
	}
}
