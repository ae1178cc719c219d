namespace BuildData.Stores;

internal enum SqlValueKind
{
    Null,
    Integer,
    Text,
}
