/** When this release was made. A clock that says less has not been set. */

/** Seconds since 1970. Each release moves it on. */
export const releasedAt = Date.UTC(2026, 4, 1) / 1000;
