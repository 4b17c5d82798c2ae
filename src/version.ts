/** Version of this library: four numbers, as Gecko OS counts. */
export const version = "0.1.0.0";
