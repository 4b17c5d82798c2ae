/**
 * `opendms/service`: the service within another program. `openService` makes one, in a folder, in
 * PostgreSQL or in memory; `listen` answers devices for it, `listenForApi` people and programs.
 */

export type { Administration, Service, ServiceOptions } from "./service.js";
export { openService } from "./service.js";
export { memory } from "./storage/database.js";
export { type Authority, createAuthority } from "./authority/authority.js";
export { type Listener, type ListenerOptions, listen } from "./listener/listener.js";
export { type ApiListener, type ApiPlace, listenForApi } from "./api/api-listener.js";
export { openRemote, type RemoteOptions } from "./api/client.js";
export type { Log, LogEntry } from "./log.js";
export { OperatorError, type OperatorRule, RemoteError } from "./operator-error.js";
