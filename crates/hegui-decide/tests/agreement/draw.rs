//! Choices drawn from a list of numbers, so that proptest can shrink whatever is made of them.

/// Numbers to draw from; when they are used up, zeros.
#[derive(Clone, Debug)]
pub struct Draw {
    numbers: Vec<u32>,
    next: usize,
}

impl Draw {
    pub fn new(numbers: Vec<u32>) -> Self {
        Self { numbers, next: 0 }
    }

    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        let number = self.numbers.get(self.next).copied().unwrap_or(0);
        self.next += 1;
        number as usize % n.max(1)
    }

    /// True in so many of a hundred cases.
    pub fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}
