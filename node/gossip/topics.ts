// Names of the gossip topics, each bound to a list.
export const announcementsTopic = (list: string): string => `/rollcall/${list}/announcements/1`;
export const statementsTopic = (list: string): string => `/rollcall/${list}/statements/1`;
export const observationsTopic = (list: string): string => `/rollcall/${list}/observations/1`;
export const opinionsTopic = (list: string): string => `/rollcall/${list}/opinions/1`;
