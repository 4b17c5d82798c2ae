/** Hosts whose network breaks a promise. */

import type {
	Host,
	HTTPClientOptions,
	HTTPRequest,
	HTTPRequestOptions,
	PingOptions,
	Resolver,
	WiFiFailure,
	WiFiOptions,
} from "../../src/host.js";
import type { Wrongs } from "./wrongs.js";

/** A host whose Wi-Fi interface is of this class. */
function withWiFi(host: Host, io: Host["network"]["wifi"]["io"]): Host {
	return { ...host, network: { ...host.network, wifi: { ...host.network.wifi, io } } };
}

export const wifi: Wrongs = Object.freeze<Wrongs>({
	"gives one reason for all failures": (host) =>
		withWiFi(
			host,
			class extends host.network.wifi.io {
				override get failure(): WiFiFailure | undefined {
					return super.failure && "not found";
				}
			},
		),
	"calls back from inside connect": (host) =>
		withWiFi(
			host,
			class extends host.network.wifi.io {
				readonly #options: WiFiOptions;

				constructor(options: WiFiOptions) {
					super(options);
					this.#options = options;
				}

				override connect(options: { readonly SSID: string; readonly password?: string }): void {
					super.connect(options);
					this.#options.onChanged("connection");
				}
			},
		),
	"takes a second connect in silence": (host) =>
		withWiFi(
			host,
			class extends host.network.wifi.io {
				override connect(options: { readonly SSID: string; readonly password?: string }): void {
					if (this.connection !== 300) super.connect(options);
				}
			},
		),
	"keeps its address when it has lost the network": (host) =>
		withWiFi(
			host,
			class extends host.network.wifi.io {
				#last: string | undefined;

				override get address(): string | undefined {
					return (this.#last = super.address ?? this.#last);
				}

				override get connection(): number {
					this.#last = super.address ?? this.#last;
					return super.connection;
				}
			},
		),
	"does not disconnect": (host) =>
		withWiFi(
			host,
			class extends host.network.wifi.io {
				override disconnect(): void {}
			},
		),
});

/** A host whose HTTP client has its requests' options changed. */
function withRequests(
	host: Host,
	change: (options: HTTPRequestOptions) => HTTPRequestOptions,
): Host {
	const io = class extends host.network.http.io {
		override request(options: HTTPRequestOptions): HTTPRequest {
			return super.request(change(options));
		}
	};
	return { ...host, network: { ...host.network, http: { ...host.network.http, io } } };
}

export const http: Wrongs = Object.freeze<Wrongs>({
	"takes a reply that was cut off for a whole one": (host) =>
		withRequests(host, (options) => ({
			...options,
			onDone() {
				options.onDone.call(this, null);
			},
		})),
	"keeps all fields of the head": (host) =>
		withRequests(host, (options) => ({
			...options,
			headersMask: [...options.headersMask, "content-length", "x-other"],
		})),
	"names fields as they came": (host) =>
		withRequests(host, (options) => ({
			...options,
			onHeaders(status, headers) {
				const upper = [...headers].map(([name, value]) => [name.toUpperCase(), value] as const);
				options.onHeaders.call(this, status, new Map(upper));
			},
		})),
	"does not say which request it means": (host) =>
		withRequests(host, (options) => ({
			...options,
			onHeaders(status, headers) {
				options.onHeaders.call({ ...this }, status, headers);
			},
		})),
	"sends a body in the wrong order": (host) => {
		const io = class extends host.network.http.io {
			override request(options: HTTPRequestOptions): HTTPRequest {
				return super.request({
					...options,
					onWritable(byteLength) {
						const { write } = this;
						const reversed = (bytes: Uint8Array): void => write.call(this, bytes.slice().reverse());
						options.onWritable.call(Object.assign(this, { write: reversed }), byteLength);
						Object.assign(this, { write });
					},
				});
			}
		};
		return { ...host, network: { ...host.network, http: { ...host.network.http, io } } };
	},
	"goes on after it was closed": (host) => {
		const io = class extends host.network.http.io {
			override close(): void {}
		};
		return { ...host, network: { ...host.network, http: { ...host.network.http, io } } };
	},
	"calls back from inside a request": (host) => {
		const io = class extends host.network.http.io {
			readonly #options: HTTPClientOptions;

			constructor(options: HTTPClientOptions) {
				super(options);
				this.#options = options;
			}

			override request(options: HTTPRequestOptions): HTTPRequest {
				this.#options.onError?.();
				return super.request(options);
			}
		};
		return { ...host, network: { ...host.network, http: { ...host.network.http, io } } };
	},
});

/** A host whose clients inside TLS have their options changed. */
function withSecure(host: Host, change: (options: HTTPClientOptions) => HTTPClientOptions): Host {
	const io = class extends host.network.https.io {
		constructor(options: HTTPClientOptions) {
			super(change(options));
		}
	};
	return { ...host, network: { ...host.network, https: { ...host.network.https, io } } };
}

export const https: Wrongs = Object.freeze<Wrongs>({
	"speaks in the clear": (host) => ({
		...host,
		network: {
			...host.network,
			https: {
				...host.network.http,
				io: class extends host.network.http.io {
					constructor({ tls, ...options }: HTTPClientOptions) {
						super(options);
					}
				},
			},
		},
	}),
	"checks the name of the host, not that of the option": (host) =>
		withSecure(host, (options) =>
			options.tls === undefined
				? options
				: { ...options, tls: { ...options.tls, host: options.host } },
		),
});

/** A host whose resolver is of this class. */
function withResolver(host: Host, io: Host["network"]["dns"]["io"]): Host {
	return { ...host, network: { ...host.network, dns: { ...host.network.dns, io } } };
}

export const dns: Wrongs = Object.freeze<Wrongs>({
	"answers after it was closed": (host) =>
		withResolver(
			host,
			class extends host.network.dns.io {
				override close(): void {}
			},
		),
	"finds every name": (host) =>
		withResolver(
			host,
			class extends host.network.dns.io {
				override resolve(options: Parameters<Resolver["resolve"]>[0]): void {
					const onError = (): void => options.onResolved(options.host, "192.0.2.1");
					super.resolve({ ...options, onError });
				}
			},
		),
	"answers from inside the question": (host) =>
		withResolver(
			host,
			class extends host.network.dns.io {
				override resolve(options: Parameters<Resolver["resolve"]>[0]): void {
					options.onError();
				}
			},
		),
});

/** A host whose echo requests are of this class. */
function withPing(host: Host, io: Host["network"]["ping"]["io"]): Host {
	return { ...host, network: { ...host.network, ping: { ...host.network.ping, io } } };
}

export const ping: Wrongs = Object.freeze<Wrongs>({
	"gets a reply from everywhere": (host) =>
		withPing(
			host,
			class extends host.network.ping.io {
				constructor(options: PingOptions) {
					super({ ...options, onError: () => options.onReply(1) });
				}
			},
		),
	"says something after it was closed": (host) =>
		withPing(
			host,
			class extends host.network.ping.io {
				override close(): void {}
			},
		),
});
