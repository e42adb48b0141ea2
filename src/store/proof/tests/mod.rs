mod texts;
mod tree;
