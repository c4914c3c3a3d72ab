using ImOrleans.Domain.Errors;

namespace ImOrleans.Domain.Tests.Errors;

public sealed class ErrorCatalogTests
{
    [Fact]
    public void Every_code_but_none_is_described_once_in_rising_order() =>
        Assert.Equal(
            Enum.GetValues<ErrorCode>().Where(code => code != ErrorCode.None).Order(),
            ErrorCatalog.All.Select(error => error.Code));

    [Fact]
    public void No_two_codes_share_a_number_or_a_name()
    {
        Assert.Equal(Enum.GetNames<ErrorCode>().Length, Enum.GetValues<ErrorCode>().Distinct().Count());
        Assert.Equal(ErrorCatalog.All.Count, ErrorCatalog.All.Select(error => error.Name).Distinct().Count());
    }

    [Fact]
    public void A_name_is_the_codes_own_in_capitals() =>
        Assert.All(ErrorCatalog.All, error => Assert.Equal(
            error.Code.ToString().ToUpperInvariant(), error.Name.Replace("_", "", StringComparison.Ordinal)));

    [Fact]
    public void A_text_is_one_sentence() =>
        Assert.All(ErrorCatalog.All, error => Assert.Matches("^[A-Z][^|\n]*[.]$", error.Text));

    [Fact]
    public void Describe_finds_each_code() =>
        Assert.All(ErrorCatalog.All, error => Assert.Same(error, ErrorCatalog.Describe(error.Code)));

    [Fact]
    public void Describe_refuses_what_is_no_error() =>
        Assert.Throws<KeyNotFoundException>(() => ErrorCatalog.Describe(ErrorCode.None));

    [Fact]
    public void Numbers_names_and_retryability_are_frozen() =>
        RepositoryFile.AssertHolds(
            "tests/Domain.Tests/Golden/error-codes.txt", ErrorReference.WriteGolden(ErrorCatalog.All));

    [Fact]
    public void The_page_for_people_is_written_from_the_catalogue() =>
        RepositoryFile.AssertHolds("docs/errors.md", ErrorReference.WritePage(ErrorCatalog.All));

    [Fact]
    public void The_page_for_people_names_every_code()
    {
        var page = ErrorReference.WritePage(ErrorCatalog.All);
        Assert.All(
            ErrorCatalog.All,
            error => Assert.Contains($"| {(int)error.Code} | `{error.Name}` |", page, StringComparison.Ordinal));
    }
}
