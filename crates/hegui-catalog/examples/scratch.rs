//! x
fn main() {
    let (c, _) = hegui_catalog::read::read_leniently(hegui_catalog::read::files_of("/work/main/catalog".as_ref()).unwrap());
    for (k, s) in [("activity", "has(activity.function)"), ("activity", "activity.function.type == \"basic\""), ("function", "function.type == \"basic\""), ("activity","product.functions.exists(function, true)")] {
        println!("{s}: {:?}", c.plan(s, c.schema.kind_named(k).unwrap()).map(|_| ()).map_err(|e| e.to_string()));
    }
}
