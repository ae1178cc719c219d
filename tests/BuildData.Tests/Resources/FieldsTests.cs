using System.Data;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using BuildData.Definitions;
using BuildData.Queries;
using BuildData.Resources;
using BuildData.Resources.Builders;
using BuildData.Resources.BuildRequests;
using BuildData.Resources.Builds;
using BuildData.Resources.Buildsets;
using BuildData.Resources.Logs.Sizes;
using BuildData.Resources.Masters;
using BuildData.Resources.SourceStamps;
using BuildData.Resources.Statistics;
using BuildData.Resources.Steps;
using BuildData.Resources.Workers;

namespace BuildData.Tests;

internal sealed class FieldsTests
{
    private static readonly ResourceDefinition[] Tables = [.. ResourceTypes.All.Where(resource => resource.Fields.Count > 0)];

    private static readonly ResourceDefinition[] TablesWithRows = [.. Tables.Where(resource => resource.GetType().BaseType!.IsGenericType)];

    // What the subqueries of lists return, and the lists in wire form.
    private static readonly Dictionary<string, (string Stored, string Wire)> TextsOfLists = new()
    {
        ["masterids"] = ("12,3", "[3,12]"),
        ["connected_to"] = ("12,3", """[{"masterid":3},{"masterid":12}]"""),
        ["configured_on"] = ("7:12,7:3,5:12", """[{"builderid":5,"masterid":12},{"builderid":7,"masterid":3},{"builderid":7,"masterid":12}]"""),
    };

    [TestCaseSource(nameof(Tables))]
    public void Fields_OfEveryResource_AreItsAttributesInWireForm(object definition)
    {
        var resource = (ResourceDefinition)definition;
        string json = JsonSerializer.Serialize(Activator.CreateInstance(resource.ResourceType), BuildDataJsonContext.Default.GetTypeInfo(resource.ResourceType)!);
        string[] attributes = [.. JsonElement.Parse(json).EnumerateObject().Select(attribute => attribute.Name)];

        resource.Fields.Select(field => field.Name).Should().Equal(attributes, $"they are a {resource.Kind}'s");
    }

    [Test]
    public void SelectList_OfEveryResource_ReadsEachColumnIntoTheAttributeOfItsField()
    {
        AssertRoundTrip(StepDefinition.Instance.Fields);
        AssertRoundTrip(BuildDefinition.Instance.Fields);
        AssertRoundTrip(BuildRequestDefinition.Instance.Fields);
        AssertRoundTrip(BuildsetDefinition.Instance.Fields);
        AssertRoundTrip(BuilderDefinition.Instance.Fields);
        AssertRoundTrip(SourceStampDefinition.Instance.Fields);
        AssertRoundTrip(SourceStampDefinition.PatchFields);
        AssertRoundTrip(WorkerDefinition.Instance.Fields);
        AssertRoundTrip(MasterDefinition.Instance.Fields);
        AssertRoundTrip(BuildStatisticsDefinition.Instance.Fields);
        AssertRoundTrip(StepStatisticsDefinition.Instance.Fields);
        AssertRoundTrip(LogSizesDefinition.Instance.Fields);
    }

    [TestCaseSource(nameof(TablesWithRows))]
    public void SelectList_ColumnsThatMayBeNull_AreReadIntoDefaultValues(object definition) =>
        typeof(FieldsTests).GetMethod(nameof(AssertNulls), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(((ResourceDefinition)definition).ResourceType).Invoke(null, [definition]);

    /// <summary>Stores a different value in each column, and compares each attribute with its column.</summary>
    private static void AssertRoundTrip<T>(IReadOnlyList<Field<T>> fields)
    {
        Field<T>[] columns = [.. fields.Where(field => field.Column is not null)];
        object[] stored = [.. columns.Select(Stored)];

        T resource = SelectLists.FromFields(fields).Read(Row(columns, stored));

        JsonElement json = JsonSerializer.SerializeToElement(resource, BuildDataJsonContext.Default.GetTypeInfo(typeof(T))!);
        for (int i = 0; i < columns.Length; i++)
        {
            Field<T> field = columns[i];
            PropertyInfo attribute = typeof(T).GetProperties().Single(property => property.GetCustomAttribute<JsonPropertyNameAttribute>()!.Name == field.Name);
            field.FindProperty(typeof(T).GetProperties()).Should().BeSameAs(attribute);
            json.GetProperty(field.Name).GetRawText().Should().Be(Wire(field, stored[i]), "{0} of a {1}", field.Name, typeof(T).Name);
            if (field.Type != FieldType.Json)
                field.Matches(resource!, new Filter(field.Name, FilterOperator.Equal, Value(field, stored[i]))).Should().BeTrue("{0} of a {1} has this value", field.Name, typeof(T).Name);
        }
    }

    private static void AssertNulls<T>(TableDefinition<T> definition)
        where T : class
    {
        Field<T>[] columns = [.. definition.Fields.Where(field => field.Column is not null)];
        object[] stored = [.. columns.Select((field, i) => field.IsNullable ? DBNull.Value : Stored(field, i))];

        T resource = SelectLists.FromFields(definition.Fields).Read(Row(columns, stored));

        T empty = Activator.CreateInstance<T>();
        foreach (Field<T> field in columns.Where(field => field.IsNullable))
            field.FindProperty(typeof(T).GetProperties()).GetValue(resource).Should().BeEquivalentTo(field.FindProperty(typeof(T).GetProperties()).GetValue(empty), field.Name);
    }

    private static DataTableReader Row(IReadOnlyList<Field> columns, object[] values)
    {
        using var table = new System.Data.DataTable();
        foreach (Field field in columns)
            table.Columns.Add(field.Name, field.Type is FieldType.Text or FieldType.Json ? typeof(string) : typeof(long));
        table.Rows.Add(values);
        DataTableReader reader = table.CreateDataReader();
        reader.Read();
        return reader;
    }

    private static object Stored(Field field, int i) => field.Type switch
    {
        FieldType.Text => $"text {i}",
        FieldType.Json when TextsOfLists.TryGetValue(field.Name, out (string Stored, string Wire) text) => text.Stored,
        FieldType.Json when field.Name == "workerinfo" => $$"""{"host":"h{{i}}"}""",
        FieldType.Json => $$"""[{"name":"log {{i}}","url":"https://example.org/"}]""",
        FieldType.Flag => 1L,
        FieldType.Result => (long)BuildResult.Retry,
        FieldType.Time => (1_700_000_000 + i) * 1_000_000L,
        _ => 100L + i,
    };

    private static string Wire(Field field, object stored) => field.Type switch
    {
        FieldType.Text => $"\"{stored}\"",
        FieldType.Json when TextsOfLists.TryGetValue(field.Name, out (string Stored, string Wire) text) => text.Wire,
        FieldType.Flag => "true",
        FieldType.Time => $"{(long)stored / 1_000_000}",
        FieldType.Decimal => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{(long)stored / UnitsPerOne(field)}"),
        _ => $"{stored}",
    };

    private static FilterValue Value(Field field, object stored) => field.Type switch
    {
        FieldType.Text => (string)stored,
        FieldType.Flag => true,
        FieldType.Time => (long)stored / 1_000_000,
        FieldType.Decimal => (double)((long)stored / UnitsPerOne(field)),
        _ => (long)stored,
    };

    private static decimal UnitsPerOne(Field field) => field.Name == "slowdown" ? 1000 : 1_000_000;
}
