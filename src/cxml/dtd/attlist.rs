//! Owns reading the body of `<!ATTLIST element ...>`, after parameter entities are replaced.

use super::cursor::Cursor;
use super::declaration::{AttributeDeclaration, AttributeKind, Presence};
use super::lexical::{attribute_value, collapsed};

/// Reads the element name and every attribute after it.
///
/// # Errors
/// Anything else, as a sentence.
pub(super) fn attribute_declarations(body: &str) -> Result<Vec<AttributeDeclaration>, String> {
    let mut cursor = Cursor::new(body);
    cursor.skip_space();
    let element = cursor.name()?.to_owned();
    let mut found = Vec::new();
    loop {
        cursor.skip_space();
        if cursor.rest().is_empty() {
            return Ok(found);
        }
        let name = cursor.name().map_err(|message| format!("attributes of {element}: {message}"))?.to_owned();
        let (kind, presence) =
            definition(&mut cursor).map_err(|message| format!("attribute {name} of {element}: {message}"))?;
        found.push(AttributeDeclaration { element: element.clone(), name, kind, presence });
    }
}

fn definition(cursor: &mut Cursor<'_>) -> Result<(AttributeKind, Presence), String> {
    cursor.skip_space();
    let kind = kind(cursor)?;
    cursor.skip_space();
    let presence = presence(cursor, &kind)?;
    Ok((kind, presence))
}

fn kind(cursor: &mut Cursor<'_>) -> Result<AttributeKind, String> {
    if cursor.take("(") {
        return enumeration(cursor);
    }
    match cursor.name()? {
        "CDATA" => Ok(AttributeKind::Cdata),
        "ID" => Ok(AttributeKind::Id),
        "IDREF" => Ok(AttributeKind::IdRef),
        "IDREFS" => Ok(AttributeKind::IdRefs),
        "ENTITY" => Ok(AttributeKind::Entity),
        "ENTITIES" => Ok(AttributeKind::Entities),
        "NMTOKEN" => Ok(AttributeKind::Nmtoken),
        "NMTOKENS" => Ok(AttributeKind::Nmtokens),
        "NOTATION" => {
            cursor.skip_space();
            if cursor.take("(") { enumeration(cursor) } else { Err(cursor.unexpected("a list of notations")) }
        }
        other => Err(format!("expected an attribute type, found `{other}`")),
    }
}

/// After `(`, up to and with `)`.
fn enumeration(cursor: &mut Cursor<'_>) -> Result<AttributeKind, String> {
    let mut values = Vec::new();
    loop {
        cursor.skip_space();
        values.push(cursor.name_token()?.to_owned());
        cursor.skip_space();
        if cursor.take(")") {
            return Ok(AttributeKind::Enumeration(values));
        }
        if !cursor.take("|") {
            return Err(cursor.unexpected("`|` or `)`"));
        }
    }
}

fn presence(cursor: &mut Cursor<'_>, kind: &AttributeKind) -> Result<Presence, String> {
    if cursor.take("#REQUIRED") {
        return Ok(Presence::Required);
    }
    if cursor.take("#IMPLIED") {
        return Ok(Presence::Optional);
    }
    let is_fixed = cursor.take("#FIXED");
    cursor.skip_space();
    let value = attribute_value(cursor.literal()?);
    match (is_fixed, kind) {
        (false, _) => Ok(Presence::Optional),
        (true, AttributeKind::Cdata) => Ok(Presence::Fixed(value.into_owned())),
        (true, _) => Ok(Presence::Fixed(collapsed(&value))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(body: &str) -> (AttributeKind, Presence) {
        let mut found = attribute_declarations(body).unwrap();
        assert_eq!(found.len(), 1);
        let only = found.remove(0);
        (only.kind, only.presence)
    }

    #[test]
    fn every_type_is_known() {
        for (text, kind) in [
            ("CDATA", AttributeKind::Cdata),
            ("ID", AttributeKind::Id),
            ("IDREF", AttributeKind::IdRef),
            ("IDREFS", AttributeKind::IdRefs),
            ("ENTITY", AttributeKind::Entity),
            ("ENTITIES", AttributeKind::Entities),
            ("NMTOKEN", AttributeKind::Nmtoken),
            ("NMTOKENS", AttributeKind::Nmtokens),
            ("( 0 | 1.0 )", AttributeKind::Enumeration(vec!["0".into(), "1.0".into()])),
            ("NOTATION (gif|png)", AttributeKind::Enumeration(vec!["gif".into(), "png".into()])),
        ] {
            assert_eq!(one(&format!("e a {text} #IMPLIED")), (kind, Presence::Optional), "{text}");
        }
    }

    #[test]
    fn presence_and_fixed_values_are_read() {
        assert_eq!(one("e a CDATA #REQUIRED").1, Presence::Required);
        assert_eq!(one("e a (x|y) 'x'").1, Presence::Optional);
        assert_eq!(one("e xmlns:ds CDATA #FIXED 'urn:&amp; x'").1, Presence::Fixed("urn:& x".into()));
        assert_eq!(one("e a NMTOKENS #FIXED ' a\n   b '").1, Presence::Fixed("a b".into()));
    }

    #[test]
    fn several_attributes_share_a_list() {
        let found = attribute_declarations("e xml:lang CDATA #REQUIRED b (c) #IMPLIED\n d ID #IMPLIED").unwrap();
        let names: Vec<&str> = found.iter().map(|attribute| attribute.name.as_str()).collect();
        assert_eq!(names, ["xml:lang", "b", "d"]);
        assert!(attribute_declarations("e").unwrap().is_empty());
    }

    #[test]
    fn what_is_not_a_definition_is_refused() {
        for body in
            ["", "e a", "e a CDATA", "e a TEXT #IMPLIED", "e a (x,y) #IMPLIED", "e a CDATA #FIXED", "e a NOTATION x"]
        {
            assert!(attribute_declarations(body).is_err(), "{body}");
        }
    }
}
