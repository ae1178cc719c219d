using System.Data;
using System.Globalization;
using Dapper;

namespace BuildData.Tests;

/// <summary>A host may use Dapper too. The type handlers that it registers are global, but are meant for its own database.</summary>
[NonParallelizable]
internal sealed class DapperTypeHandlerTests : SqliteMasterTests
{
    [SetUp]
    public void Register()
    {
        SqlMapper.AddTypeHandler(new TimeAsText());
        SqlMapper.AddTypeHandler(new FlagAsLetter());
    }

    [TearDown]
    public void Remove() => SqlMapper.ResetTypeHandlers();

    [Test]
    public async Task Get_HostHasTypeHandlers_DoesNotUseThem()
    {
        long stepId = await Updates.Step();
        await Updates.StartStep(stepId);

        Step? step = await Data.Get<Step>($"/steps/{stepId}");

        step.Should().BeEquivalentTo(new { StartedAt = Clock.GetUtcNow(), Complete = false });
    }

    // The documentation of Microsoft.Data.Sqlite recommends this handler.
    private sealed class TimeAsText : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override DateTimeOffset Parse(object value) => DateTimeOffset.Parse((string)value, CultureInfo.InvariantCulture);

        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) => parameter.Value = value;
    }

    private sealed class FlagAsLetter : SqlMapper.TypeHandler<bool>
    {
        public override bool Parse(object value) => (string)value == "Y";

        public override void SetValue(IDbDataParameter parameter, bool value) => parameter.Value = value ? "Y" : "N";
    }
}
