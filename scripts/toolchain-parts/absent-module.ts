// Stands for npm packages that a program never comes to use, but that would be loaded at its every start.
export {};
