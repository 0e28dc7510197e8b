// When two counts of players contradict each other. Pure.

/** People come and go between two sights: so many more, or half as many again, are no contradiction. */
const slackPlayers = 4;
const slackFactor = 1.5;

/** Far more than `less`. */
export const exceeds = (more: number, less: number): boolean => more > less * slackFactor + slackPlayers;
/** Far apart, whichever is the larger. */
export const differ = (a: number, b: number): boolean => exceeds(a, b) || exceeds(b, a);
