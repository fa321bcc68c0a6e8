//! What is the same for several things stands once: one question asked of many, and the judgements of
//! one person on one fact.

use hegui_assess::view::{AssumptionView, QuestionView};
use std::collections::HashMap;

/// Questions that ask the same of several things, the weightiest thing first.
#[derive(Clone, Debug)]
pub struct Questions<'a> {
    /// The questions; there is at least one.
    pub members: Vec<&'a QuestionView>,
}

impl Questions<'_> {
    /// Findings that wait for one of these facts alone.
    #[must_use]
    pub fn settles(&self) -> usize {
        self.members.iter().map(|question| question.settles).sum()
    }

    /// The most findings that wait for one of these facts: a sum would count those twice that wait for two.
    #[must_use]
    pub fn concerns(&self) -> usize {
        self.members.iter().map(|question| question.concerns).max().unwrap_or(0)
    }

    fn weight(&self) -> f64 {
        self.members.iter().map(|question| question.weight).sum()
    }
}

/// Groups questions, the weightiest group first.
#[must_use]
pub fn questions<'a>(questions: impl Iterator<Item = &'a QuestionView>) -> Vec<Questions<'a>> {
    let key = |q: &'a QuestionView| (!q.group.is_empty()).then_some((q.group.as_str(), q.who.as_str()));
    let mut groups: Vec<Questions<'a>> =
        by(questions, key).into_iter().map(|members| Questions { members }).collect();
    groups.sort_by(|a, b| b.weight().total_cmp(&a.weight()));
    groups
}

/// Groups judgements on one fact by one person, in the order in which they come.
#[must_use]
pub fn assumptions<'a>(
    assumptions: impl Iterator<Item = &'a AssumptionView>,
) -> Vec<Vec<&'a AssumptionView>> {
    by(assumptions, |a| (!a.group.is_empty()).then_some(a.group.as_str()))
}

/// Puts together what has the same key, in the order in which the keys come; what has none stays alone.
fn by<'a, T, K: std::hash::Hash + Eq>(
    items: impl Iterator<Item = &'a T>,
    key: impl Fn(&'a T) -> Option<K>,
) -> Vec<Vec<&'a T>> {
    let mut places: HashMap<K, usize> = HashMap::new();
    let mut groups: Vec<Vec<&'a T>> = vec![];
    for item in items {
        let next = groups.len();
        let place = key(item).map_or(next, |key| *places.entry(key).or_insert(next));
        match groups.get_mut(place) {
            Some(group) => group.push(item),
            None => groups.push(vec![item]),
        }
    }
    groups
}
