mod files;
mod texts;
mod tree;
