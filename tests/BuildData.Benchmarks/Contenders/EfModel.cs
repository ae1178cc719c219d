using Microsoft.EntityFrameworkCore;

namespace BuildData.Benchmarks;

/// <summary>The same tables for EF Core.</summary>
internal sealed class EfModel(DbContextOptions<EfModel> options) : DbContext(options)
{
    public DbSet<EfStep> Steps => Set<EfStep>();

    public DbSet<EfBuild> Builds => Set<EfBuild>();

    public DbSet<EfBuilder> Builders => Set<EfBuilder>();
}
