//! Reading the JSON Schema in which a component describes its settings.
//!
//! Only the outermost object matters here, because the host's own keys stand in it beside the component's. An enum of structs spreads
//! it over `oneOf`, and a `$ref` may hide it.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

/// Where a schema puts alternatives and parts of the same object.
const PARTS: [&str; 3] = ["allOf", "anyOf", "oneOf"];
/// A schema that refers to itself at its outermost object has no outermost object.
const DEEPEST: usize = 8;

/// The schema with all parts of its outermost object in place: what stood there as a `$ref` is written out.
pub(super) fn inlined(schema: &Json) -> Json {
    let mut root = schema.clone();
    inline(&mut root, schema, DEEPEST);
    root
}

fn inline(part: &mut Json, root: &Json, depth: usize) {
    let Some(deeper) = depth.checked_sub(1) else { return };
    let target =
        part.get("$ref").and_then(Json::as_str).and_then(|name| root.pointer(name.strip_prefix('#')?)).cloned();
    if let (Some(Json::Object(target)), Json::Object(object)) = (target, &mut *part) {
        object.remove("$ref");
        target.into_iter().for_each(|(keyword, value)| {
            object.entry(keyword).or_insert(value);
        });
        return inline(part, root, deeper);
    }
    parts_mut(part).for_each(|part| inline(part, root, deeper));
}

fn parts_mut(schema: &mut Json) -> impl Iterator<Item = &mut Json> {
    let keywords = schema.as_object_mut().into_iter().flatten();
    keywords
        .filter(|(keyword, _)| PARTS.contains(&keyword.as_str()))
        .filter_map(|(_, parts)| parts.as_array_mut())
        .flatten()
}

/// The names of the settings, or `None` if there may be any. `schema` is [`inlined`].
pub(super) fn properties(schema: &Json) -> Option<BTreeSet<&str>> {
    let mut names = BTreeSet::new();
    let mut is_open = false;
    let mut says = false;
    collect(schema, &mut names, &mut is_open, &mut says);
    (says && !is_open).then_some(names)
}

fn collect<'s>(schema: &'s Json, names: &mut BTreeSet<&'s str>, is_open: &mut bool, says: &mut bool) {
    let Some(object) = schema.as_object() else { return };
    let additional = object.get("additionalProperties").or(object.get("unevaluatedProperties"));
    *is_open |=
        additional.is_some_and(|schema| *schema != Json::Bool(false)) || object.contains_key("patternProperties");
    *says |= additional.is_some() || object.contains_key("properties");
    names
        .extend(object.get("properties").and_then(Json::as_object).into_iter().flat_map(Map::keys).map(String::as_str));
    let parts = PARTS.iter().filter_map(|keyword| object.get(*keyword)?.as_array()).flatten();
    parts.for_each(|part| collect(part, names, is_open, says));
}

/// The schema as a part of a larger one, at the pointer `at`: it leaves room for the host's keys, says nothing of `authorization`
/// (in the file that is a name; the host puts the members there), and its references are right again.
pub(super) fn embedded(schema: &Json, at: &str) -> Json {
    let mut root = inlined(schema);
    make_room(&mut root);
    if let Some(object) = root.as_object_mut() {
        object.remove("$schema");
        object.remove("$id");
    }
    move_references(&mut root, at);
    root
}

fn make_room(part: &mut Json) {
    let Some(object) = part.as_object_mut() else { return };
    // The node's own schema refuses what neither the host nor the component knows.
    object.remove("additionalProperties");
    object.remove("unevaluatedProperties");
    if let Some(properties) = object.get_mut("properties").and_then(Json::as_object_mut) {
        properties.remove("authorization");
    }
    if let Some(required) = object.get_mut("required").and_then(Json::as_array_mut) {
        required.retain(|name| name != "authorization");
    }
    parts_mut(part).for_each(make_room);
}

fn move_references(schema: &mut Json, at: &str) {
    match schema {
        Json::Object(object) => {
            for (keyword, value) in object {
                match value {
                    Json::String(target) if keyword == "$ref" && target.starts_with('#') => {
                        *target = format!("#{at}{}", &target[1..]);
                    }
                    other => move_references(other, at),
                }
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|item| move_references(item, at)),
        _ => {}
    }
}
