export interface Manifest { name: string }
