//! A small catalog that is in order, and ways to change it.

use hegui_catalog::lint::{check, lint};
use hegui_catalog::{Catalog, Problems};
use std::collections::BTreeMap;

/// A catalog's files, by path.
#[derive(Clone)]
pub struct Files(pub BTreeMap<String, Vec<u8>>);

const ROLES: &str = r#"
[role.owner]
title.zh = "业务负责人"
title.en = "business owner"
"#;

const CALENDAR: &str = r#"
[year.2026]
source = "国务院办公厅通知"
holidays = [2026-01-01, 2026-01-02]
workdays = [2026-01-04]
"#;

const INSTRUMENT: &str = r#"
short = "std"
title.zh = "示例标准"
title.en = "an example standard"
kind = "standard"
status = "voluntary"
"#;

const ORGANISATION: &str = r#"
kind = "organisation"
title.zh = "组织"
title.en = "organisation"
about.zh = "个人信息处理者"
about.en = "a handler"
"#;

const PRODUCT: &str = r#"
kind = "product"
title.zh = "产品"
title.en = "product"
about.zh = "产品"
about.en = "a product"
parent = "organisation"
plural = "products"
"#;

const DOCUMENT: &str = r#"
kind = "document"
title.zh = "文件"
title.en = "document"
about.zh = "文件"
about.en = "a document"
parent = "organisation"
plural = "documents"
[fact.type]
type = "enum"
values.policy = { zh = "政策", en = "policy" }
values.contract = { zh = "合同", en = "contract" }
question.zh = "是什么文件？"
question.en = "What kind of document is it?"
who = "owner"
"#;

const ACTIVITY: &str = r#"
kind = "activity"
title.zh = "处理活动"
title.en = "activity"
about.zh = "为一个目的进行的处理"
about.en = "processing for one purpose"
parent = "product"
plural = "activities"
[fact.purpose]
type = "enum"
declared = true
optional = true
values.ordering = { zh = "订单", en = "ordering" }
values.delivery = { zh = "配送", en = "delivery" }
values.marketing = { zh = "营销", en = "marketing" }
question.zh = "目的？"
question.en = "What for?"
who = "owner"
[fact.methods]
type = "set"
values.manual = { zh = "人工", en = "manual" }
values.automated = { zh = "自动", en = "automated" }
question.zh = "方式？"
question.en = "How?"
who = "owner"
[fact.retention_days]
type = "int"
range = [0, 10000]
optional = true
declared = true
also_at = ["organisation"]
question.zh = "存多少天？"
question.en = "How many days?"
who = "owner"
[fact.share]
type = "decimal"
range = [0, 1]
question.zh = "占比？"
question.en = "Which share?"
who = "owner"
[fact.began_on]
type = "date"
question.zh = "何时开始？"
question.en = "Since when?"
who = "owner"
[fact.answer_within]
type = "duration"
question.zh = "多久答复？"
question.en = "How soon?"
who = "owner"
[fact.name]
type = "text"
question.zh = "名称？"
question.en = "Its name?"
who = "owner"
[fact.recipients]
type = "refs"
to = "party"
inverse = "activities"
declared = true
question.zh = "接收方？"
question.en = "Who receives?"
who = "owner"
[fact.partner]
type = "ref"
to = "party"
inverse = "partnerships"
optional = true
question.zh = "合作方？"
question.en = "Which partner?"
who = "owner"
"#;

const PARTY: &str = r#"
kind = "party"
title.zh = "主体"
title.en = "party"
about.zh = "其他主体"
about.en = "another party"
parent = "organisation"
plural = "parties"
[fact.overseas]
type = "bool"
question.zh = "在境外？"
question.en = "Is it overseas?"
who = "owner"
"#;

const CONSENT: &str = r#"
kind = "consent"
title.zh = "同意"
title.en = "consent"
about.zh = "一处同意"
about.en = "one place where consent is asked for"
parent = "activity"
plural = "consents"
stage = "provide"
names = ["recipient"]
[fact.recipient]
type = "ref"
to = "party"
optional = true
question.zh = "给谁？"
question.en = "To whom?"
who = "owner"
[fact.separate]
type = "bool"
question.zh = "单独？"
question.en = "Is it separate?"
who = "owner"
[fact.form]
type = "enum"
values.written = { zh = "书面", en = "written" }
values.implied = { zh = "默示", en = "implied" }
question.zh = "形式？"
question.en = "Which form?"
who = "owner"
"#;

/// A clause whose one requirement is in order.
pub const CLAUSE: &str = r#"
clause = "5.7"
kind = "indicator"
title.zh = "同意"
title.en = "consent"
stage = "general"

[[requirement]]
id = "5.7-separate"
covers = ["5.7/a"]
strength = "shall"
scope = "consent"
text.zh = "同意是单独的。"
text.en = "Consent is separate."
when = 'recipient.overseas'
check = 'consent.separate'
method = "verify"
remedy.zh = "改为单独同意。"
remedy.en = "Ask separately."

[[requirement.case]]
title.zh = "单独"
title.en = "separate"
facts.recipient.overseas = true
facts.consent.separate = true
expect = "met"
[[requirement.case]]
title.zh = "不单独"
title.en = "bundled"
facts.recipient.overseas = true
facts.consent.separate = false
expect = "gap"
flips = ["5.7/a"]
[[requirement.case]]
title.zh = "境内"
title.en = "at home"
facts.recipient.overseas = false
facts.consent.separate = false
expect = "not_applicable"
[[requirement.case]]
title.zh = "不知"
title.en = "not known"
facts.recipient.overseas = true
expect = "unknown"
missing = ["consent.separate"]
"#;

impl Files {
    pub fn new() -> Self {
        let files = [
            ("roles.toml", ROLES),
            ("calendars/cn-workdays.toml", CALENDAR),
            ("std/instrument.toml", INSTRUMENT),
            ("std/5.7.toml", CLAUSE),
            ("facts/organisation.toml", ORGANISATION),
            ("facts/product.toml", PRODUCT),
            ("facts/document.toml", DOCUMENT),
            ("facts/activity.toml", ACTIVITY),
            ("facts/party.toml", PARTY),
            ("facts/consent.toml", CONSENT),
        ];
        Self(files.into_iter().map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())).collect())
    }

    /// With a file more, or another one.
    pub fn with(mut self, path: &str, text: &str) -> Self {
        self.0.insert(path.to_owned(), text.as_bytes().to_vec());
        self
    }

    /// With a piece of a file replaced; the piece must be there.
    pub fn edit(mut self, path: &str, from: &str, to: &str) -> Self {
        let text = String::from_utf8(self.0[path].clone()).unwrap();
        assert!(text.contains(from), "`{from}` is not in {path}");
        self.0.insert(path.to_owned(), text.replacen(from, to, 1).into_bytes());
        self
    }

    pub fn read(self) -> Result<Catalog, Problems> {
        Catalog::read_files(self.0)
    }

    /// The catalog, which must be readable.
    pub fn catalog(self) -> Catalog {
        self.read().unwrap_or_else(|problems| panic!("{problems}"))
    }

    /// Everything that reading and linting say, as text.
    pub fn problems(self) -> String {
        check(self.0).1.to_string()
    }

    /// What linting alone says, errors only.
    pub fn lint_errors(self) -> Vec<String> {
        lint(&self.catalog()).into_iter().filter(|p| p.is_error()).map(|p| p.to_string()).collect()
    }
}

/// A clause file with another requirement in place of the fixture's: its `when`, `check` and cases.
pub fn clause_with(scope: &str, when: Option<&str>, check: &str, rest: &str) -> String {
    let when = when.map(|w| format!("when = '{w}'\n")).unwrap_or_default();
    format!(
        "clause = \"5.7\"\nkind = \"indicator\"\ntitle.zh = \"同意\"\ntitle.en = \"consent\"\nstage = \"general\"\n\
         [[requirement]]\nid = \"5.7-x\"\ncovers = [\"5.7/a\"]\nstrength = \"shall\"\nscope = \"{scope}\"\n\
         text.zh = \"…\"\ntext.en = \"…\"\n{when}check = '{check}'\nmethod = \"verify\"\nremedy.zh = \"…\"\nremedy.en = \"…\"\n{rest}\n"
    )
}

/// A case.
pub fn case(facts: &str, expect: &str) -> String {
    format!("[[requirement.case]]\ntitle.zh = \"例\"\ntitle.en = \"case\"\n{facts}\nexpect = \"{expect}\"\n")
}
